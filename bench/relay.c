/* The limit: one GET of the whole object relayed into successive PUTs over TLS, with nothing else in between.
 *
 * relay ADDRESS ORIGIN_PORT OBJECT_PATH SINK_PORT UPLOAD_PATH SIZE CHUNK AUTHORITY_PEM
 * Prints {"seconds": …, "cpu": …}. Chunks are cut as chunk_plan.py does: the rest goes into the last one. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static char buffer[256 * 1024];

static void fail(const char *what) {
    fprintf(stderr, "relay: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static SSL *dial(SSL_CTX *context, const char *address, int port) {
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &to.sin_addr);
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1 || SSL_get_verify_result(ssl) != X509_V_OK) fail("TLS");
    return ssl;
}

static void send_all(SSL *ssl, const char *data, size_t size) {
    if (size && SSL_write(ssl, data, size) != (int)size) fail("write");
}

/* Reads a head into `head`. Copies the part of the body that came with it to the front of `buffer`; returns that part's size. */
static size_t read_head(SSL *ssl, char *head, size_t room) {
    size_t have = 0;
    for (;;) {
        int n = SSL_read(ssl, head + have, room - 1 - have);
        if (n <= 0) fail("read a head");
        have += n;
        head[have] = 0;
        char *end = strstr(head, "\r\n\r\n");
        if (end) {
            size_t rest = have - (end + 4 - head);
            memcpy(buffer, end + 4, rest);
            return rest;
        }
    }
}

int main(int count, char **given) {
    if (count != 9) fail("eight arguments");
    const char *address = given[1];
    long long size = atoll(given[6]), chunk = atoll(given[7]), sent = 0;
    long long chunks = size / chunk > 0 ? size / chunk : 1;
    static char head[64 * 1024];
    double began = now(), used = cpu();

    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_load_verify_locations(context, given[8], NULL) != 1) fail("authority");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *origin = dial(context, address, atoi(given[2])), *sink = dial(context, address, atoi(given[4]));

    int n = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: origin\r\nRange: bytes=0-%lld\r\n\r\n", given[3], size - 1);
    send_all(origin, head, n);
    size_t rest = read_head(origin, head, sizeof head);

    for (long long index = 0; index < chunks; index++) {
        long long first = index * chunk, last = index == chunks - 1 ? size - 1 : first + chunk - 1;
        n = snprintf(head, sizeof head,
                     "PUT %s HTTP/1.1\r\nHost: sink\r\nContent-Type: video/mp4\r\nContent-Length: %lld\r\n"
                     "Content-Range: bytes %lld-%lld/%lld\r\n\r\n",
                     given[5], last - first + 1, first, last, size);
        send_all(sink, head, n);
        if (rest) {
            send_all(sink, buffer, rest);
            sent += rest;
            rest = 0;
        }
        while (sent <= last) {
            long long left = last + 1 - sent;
            int got = SSL_read(origin, buffer, left < (long long)sizeof buffer ? left : (long long)sizeof buffer);
            if (got <= 0) fail("read");
            send_all(sink, buffer, got);
            sent += got;
        }
        read_head(sink, head, sizeof head);
        if (strncmp(head, "HTTP/1.1 20", 11)) fail(head);
    }
    printf("{\"seconds\": %.4f, \"cpu\": %.4f}\n", now() - began, cpu() - used);
    return 0;
}
