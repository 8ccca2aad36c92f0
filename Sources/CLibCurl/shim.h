#ifndef SWIFTOP_RBAC_CLIBCURL_H
#define SWIFTOP_RBAC_CLIBCURL_H
#include <curl/curl.h>
#endif
