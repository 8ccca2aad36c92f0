#ifndef SWIFTOP_RBAC_CLIBYAML_H
#define SWIFTOP_RBAC_CLIBYAML_H
#include <yaml.h>
#endif
