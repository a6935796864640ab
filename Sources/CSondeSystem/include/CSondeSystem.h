#ifndef CSondeSystem_H
#define CSondeSystem_H

#endif
