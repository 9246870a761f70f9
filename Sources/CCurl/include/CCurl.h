#ifndef C_CURL_H
#define C_CURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libcurl's mail transfer behind one typed function: curl_easy_setopt is variadic, which Swift cannot call.

// How a connection that begins in clear is treated.
enum {
    CCURL_TLS_NONE = 0,
    CCURL_TLS_IF_OFFERED = 1,
    CCURL_TLS_REQUIRED = 2,
};

// What became of a transfer.
enum {
    CCURL_SENT = 0,
    // No connection, no answer in time, or the connection broke.
    CCURL_UNREACHABLE = 1,
    // No encryption where it is required, or a certificate that is not accepted.
    CCURL_TLS_FAILED = 2,
    // The server refused name and password.
    CCURL_LOGIN_DENIED = 3,
    // The server refused something; `reply` says with what.
    CCURL_REFUSED = 4,
    // libcurl could not begin: out of memory, or it lacks what is asked of it.
    CCURL_FAILED = 5,
};

typedef struct {
    // smtp://host:port/name or smtps://…; `name` is how the client introduces itself.
    const char *url;
    // All three may be NULL.
    const char *ca_file;
    const char *user;
    const char *password;
    int tls;
    // Addresses without angle brackets.
    const char *from;
    const char *to;
    // Complete, with CR LF at the end of each line; dots at the beginning of lines are doubled on the way.
    const uint8_t *message;
    size_t length;
    long connect_timeout_ms;
    long total_timeout_ms;
} ccurl_mail;

typedef struct {
    int outcome;
    // The last reply that was not the answer to a farewell; 0 if there was none.
    int reply;
    // Whether any of the message was handed to the connection.
    bool began;
} ccurl_report;

// Once in a process, before any other function. False if libcurl cannot be used.
bool ccurl_start(void);

// Blocks until the mail is taken or refused. May be called from any thread.
ccurl_report ccurl_send(const ccurl_mail *mail);

#endif
