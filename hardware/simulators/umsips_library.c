/* The kiosk's own stand-in for the vendor's UnionPay library: the same exported functions (domain.md 8.5), each of
 * which asks the simulator (card_terminal_umsips.py) over one TCP connection on the loopback and does what it says.
 *
 * Question: function (1 byte), length (4 bytes, big-endian), what the caller gave. Answer: what the function returns
 * (4 bytes, signed), length, what it fills the caller's buffer with. The port stands in main.ini ("port=12345") in
 * the working folder, as the vendor's settings would. A return code of CRASH is a bug in native code: a write to 0.
 * Text behind a response of UMS_TransCard goes to cup/receipt.txt, where the vendor's library leaves its receipt.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INIT = 1, SET_REQ, ENTER, CHECK, READ, START_PIN, ONE_PASS, GET_PIN, TRANS, EJECT, SWALLOW, CLOSE };
enum { NO_SETTINGS = -102, NO_DEVICE = -104, LOST = -1, CRASH = -32768, REQUEST = 1095, RESPONSE = 1164 };

static int line = -1;
static uint8_t said[65536];

static int all(ssize_t (*move)(int, void *, size_t, int), void *data, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t now = move(line, (uint8_t *)data + done, size - done, 0);
        if (now <= 0) return 0;
        done += (size_t)now;
    }
    return 1;
}

static ssize_t put(int to, void *data, size_t size, int flags) { return send(to, data, size, flags | MSG_NOSIGNAL); }

/* Ask; what the simulator filled in is in `said`, its length in *filled. */
static int ask(uint8_t function, const void *given, uint32_t size, uint32_t *filled) {
    uint8_t head[5] = {function};
    uint32_t number = htonl(size), answer[2];
    *filled = 0;
    memcpy(head + 1, &number, 4);
    if (line < 0 || !all(put, head, 5) || (size && !all(put, (void *)given, size)) || !all(recv, answer, 8)) return LOST;
    *filled = ntohl(answer[1]);
    if (*filled > sizeof said || (*filled && !all(recv, said, *filled))) return LOST;
    int code = (int)ntohl(answer[0]);
    if (code == CRASH) *(volatile int *)0 = 0;
    return code;
}

static int fill(uint8_t function, const void *given, uint32_t size, void *buffer, uint32_t most) {
    uint32_t filled;
    int code = ask(function, given, size, &filled);
    memcpy(buffer, said, filled < most ? filled : most);
    return code;
}

static int plain(uint8_t function) {
    uint32_t filled;
    return ask(function, NULL, 0, &filled);
}

int UMS_Init(int application) {
    int port = 0, quick = 1;
    uint32_t filled, number = htonl((uint32_t)application);
    FILE *settings = fopen("main.ini", "r");
    if (settings == NULL) return NO_SETTINGS;
    int found = fscanf(settings, "port=%d", &port);
    fclose(settings);
    if (found != 1) return NO_SETTINGS;
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (line >= 0) close(line);
    line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &quick, sizeof quick);
    if (connect(line, (struct sockaddr *)&there, sizeof there) != 0) return NO_DEVICE;
    return ask(INIT, &number, 4, &filled);
}

int UMS_SetReq(const char *request) {
    uint32_t filled;
    return ask(SET_REQ, request, (uint32_t)strlen(request), &filled);
}

int UMS_EnterCard(void) { return plain(ENTER); }
int UMS_CheckCard(unsigned char *state) { return fill(CHECK, NULL, 0, state, 1); }
int UMS_ReadCard(unsigned char *data) { return fill(READ, NULL, 0, data, 32); }
int UMS_StartPin(void) { return plain(START_PIN); }
int UMS_GetOnePass(unsigned char *key) { return fill(ONE_PASS, NULL, 0, key, 1); }
int UMS_GetPin(void) { return plain(GET_PIN); }
int UMS_EjectCard(void) { return plain(EJECT); }
int UMS_CardSwallow(void) { return plain(SWALLOW); }
int UMS_CardClose(void) { return plain(CLOSE); }

int UMS_TransCard(const char *request, char *response) {
    uint32_t filled;
    int code = ask(TRANS, request, REQUEST, &filled);
    memcpy(response, said, filled < RESPONSE ? filled : RESPONSE);
    if (filled > RESPONSE) {
        FILE *receipt = fopen("cup/receipt.txt", "wb");
        if (receipt != NULL) {
            fwrite(said + RESPONSE, 1, filled - RESPONSE, receipt);
            fclose(receipt);
        }
    }
    return code;
}
