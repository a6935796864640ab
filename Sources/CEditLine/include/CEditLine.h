#ifndef CEditLine_H
#define CEditLine_H

#endif
