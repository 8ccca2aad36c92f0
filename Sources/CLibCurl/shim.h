#ifndef SWIFTOP_RBAC_CLIBCURL_H
#define SWIFTOP_RBAC_CLIBCURL_H

#include <curl/curl.h>

// Nothing here links against libcurl: it is opened at its first use. Swift cannot call variadic functions, so there is
// one shim for each type of argument; `function` is the address that the library gave for the function named after it.

// curl_easy_setopt

static inline CURLcode swiftop_easy_setopt_long(void *_Nonnull function, CURL *_Nonnull handle, CURLoption option,
                                                long value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, option, value);
}

static inline CURLcode swiftop_easy_setopt_offset(void *_Nonnull function, CURL *_Nonnull handle, CURLoption option,
                                                  curl_off_t value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, option, value);
}

static inline CURLcode swiftop_easy_setopt_string(void *_Nonnull function, CURL *_Nonnull handle, CURLoption option,
                                                  const char *_Nullable value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, option, value);
}

static inline CURLcode swiftop_easy_setopt_pointer(void *_Nonnull function, CURL *_Nonnull handle, CURLoption option,
                                                   const void *_Nullable value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, option, value);
}

/// The bytes are copied by the library.
static inline CURLcode swiftop_easy_setopt_blob(void *_Nonnull function, CURL *_Nonnull handle, CURLoption option,
                                                const void *_Nonnull bytes, size_t count) {
  struct curl_blob blob;
  blob.data = (void *)bytes;
  blob.len = count;
  blob.flags = CURL_BLOB_COPY;
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, option, &blob);
}

typedef size_t (*swiftop_data_callback)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode swiftop_easy_setopt_callback(void *_Nonnull function, CURL *_Nonnull handle, CURLoption option,
                                                    swiftop_data_callback _Nullable value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, option, value);
}

typedef int (*swiftop_socket_callback)(void *_Nullable context, curl_socket_t socket, curlsocktype purpose);

/// For CURLOPT_SOCKOPTFUNCTION.
static inline CURLcode swiftop_easy_setopt_socket(void *_Nonnull function, CURL *_Nonnull handle,
                                                  swiftop_socket_callback _Nonnull value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, CURLOPT_SOCKOPTFUNCTION, value);
}

typedef int (*swiftop_close_callback)(void *_Nullable context, curl_socket_t socket);

/// For CURLOPT_CLOSESOCKETFUNCTION.
static inline CURLcode swiftop_easy_setopt_close(void *_Nonnull function, CURL *_Nonnull handle,
                                                 swiftop_close_callback _Nonnull value) {
  return ((CURLcode(*)(CURL *, CURLoption, ...))function)(handle, CURLOPT_CLOSESOCKETFUNCTION, value);
}

// curl_easy_getinfo

static inline CURLcode swiftop_easy_getinfo_long(void *_Nonnull function, CURL *_Nonnull handle, CURLINFO info,
                                                 long *_Nonnull value) {
  return ((CURLcode(*)(CURL *, CURLINFO, ...))function)(handle, info, value);
}

static inline CURLcode swiftop_easy_getinfo_offset(void *_Nonnull function, CURL *_Nonnull handle, CURLINFO info,
                                                   curl_off_t *_Nonnull value) {
  return ((CURLcode(*)(CURL *, CURLINFO, ...))function)(handle, info, value);
}

static inline CURLcode swiftop_easy_getinfo_string(void *_Nonnull function, CURL *_Nonnull handle, CURLINFO info,
                                                   const char *_Nullable *_Nonnull value) {
  return ((CURLcode(*)(CURL *, CURLINFO, ...))function)(handle, info, value);
}

// curl_multi_setopt

static inline CURLMcode swiftop_multi_setopt_long(void *_Nonnull function, CURLM *_Nonnull handle, CURLMoption option,
                                                  long value) {
  return ((CURLMcode(*)(CURLM *, CURLMoption, ...))function)(handle, option, value);
}

/// Of a message of a finished transfer: `data` is a union, which Swift sees as bytes.
static inline CURLcode swiftop_message_result(const CURLMsg *_Nonnull message) { return message->data.result; }

#endif
