#ifndef CSondePython_H
#define CSondePython_H

#endif
