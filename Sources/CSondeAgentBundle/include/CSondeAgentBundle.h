#ifndef CSondeAgentBundle_H
#define CSondeAgentBundle_H

#endif
