#include "CCurl.h"

#include <curl/curl.h>
#include <string.h>

typedef struct {
    const ccurl_mail *mail;
    size_t offset;
    ccurl_report report;
} transfer;

bool ccurl_start(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static size_t give_message(char *buffer, size_t size, size_t count, void *context) {
    transfer *transfer = context;
    size_t rest = transfer->mail->length - transfer->offset;
    size_t length = size * count < rest ? size * count : rest;
    memcpy(buffer, transfer->mail->message + transfer->offset, length);
    transfer->offset += length;
    transfer->report.began = true;
    return length;
}

static int digit(char character) {
    return character >= '0' && character <= '9' ? character - '0' : -1;
}

// libcurl hands each line of a reply to the function for headers.
static size_t take_reply(char *line, size_t size, size_t count, void *context) {
    transfer *transfer = context;
    size_t length = size * count;
    if (length >= 3 && digit(line[0]) >= 0 && digit(line[1]) >= 0 && digit(line[2]) >= 0) {
        int reply = digit(line[0]) * 100 + digit(line[1]) * 10 + digit(line[2]);
        // The farewell after a refusal is answered too; the refusal is what matters.
        if (reply != 221) transfer->report.reply = reply;
    }
    return length;
}

static int outcome(CURLcode code, const transfer *transfer) {
    switch (code) {
    case CURLE_OK:
        return CCURL_SENT;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return CCURL_TLS_FAILED;
    case CURLE_LOGIN_DENIED:
        return transfer->report.reply >= 400 && transfer->report.reply < 500 ? CCURL_REFUSED : CCURL_LOGIN_DENIED;
    case CURLE_WEIRD_SERVER_REPLY:
        // Before the message this is the greeting: what is refused there is us, for now, and not this mail.
        if (!transfer->report.began && transfer->report.reply >= 500) return CCURL_UNREACHABLE;
        return transfer->report.reply >= 400 ? CCURL_REFUSED : CCURL_UNREACHABLE;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
        return CCURL_FAILED;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        return CCURL_UNREACHABLE;
    default:
        return transfer->report.reply >= 400 ? CCURL_REFUSED : CCURL_UNREACHABLE;
    }
}

static CURLcode set_up(CURL *curl, transfer *transfer, struct curl_slist *recipients) {
    const ccurl_mail *mail = transfer->mail;
    CURLcode code = CURLE_OK;
#define SET(option, value) \
    if (code == CURLE_OK) code = curl_easy_setopt(curl, option, value)
    SET(CURLOPT_URL, mail->url);
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // Neither the environment nor a file of the user's decides where mail goes.
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_USE_SSL,
        (long)(mail->tls == CCURL_TLS_REQUIRED     ? CURLUSESSL_ALL
               : mail->tls == CCURL_TLS_IF_OFFERED ? CURLUSESSL_TRY
                                                   : CURLUSESSL_NONE));
    if (mail->ca_file) {
        SET(CURLOPT_CAINFO, mail->ca_file);
        SET(CURLOPT_CAPATH, (char *)NULL);
    }
    if (mail->user && mail->password) {
        SET(CURLOPT_USERNAME, mail->user);
        SET(CURLOPT_PASSWORD, mail->password);
    }
    SET(CURLOPT_CONNECTTIMEOUT_MS, mail->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, mail->total_timeout_ms);
    SET(CURLOPT_MAIL_FROM, mail->from);
    SET(CURLOPT_MAIL_RCPT, recipients);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->length);
    SET(CURLOPT_READFUNCTION, give_message);
    SET(CURLOPT_READDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, take_reply);
    SET(CURLOPT_HEADERDATA, transfer);
#undef SET
    return code;
}

ccurl_report ccurl_send(const ccurl_mail *mail) {
    transfer transfer = {.mail = mail, .offset = 0, .report = {.outcome = CCURL_FAILED, .reply = 0, .began = false}};
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, mail->to);
    if (curl && recipients) {
        CURLcode code = set_up(curl, &transfer, recipients);
        if (code == CURLE_OK) code = curl_easy_perform(curl);
        transfer.report.outcome = outcome(code, &transfer);
    }
    curl_slist_free_all(recipients);
    if (curl) curl_easy_cleanup(curl);
    return transfer.report;
}
