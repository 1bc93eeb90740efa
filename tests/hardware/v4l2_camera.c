/* A V4L2 camera for OpenCV's own V4L2 code, without a kernel module: preloaded, it answers for /dev/full.
 *
 * The folder $SAMPLE_CAMERA holds 0.jpg ... 5.jpg, played 30 a second as motion JPEG, and what a person or a fault does:
 * the file "gone" (every call is ENODEV, as after the plug was pulled) or "stuck" (the wait for a picture never ends).
 * Controls: focus with automatic, exposure with its menu; no white balance, no zoom. Constants are the kernel's
 * (linux/videodev2.h, linux/v4l2-controls.h).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BUFFERS = 4, ROOM = 1 << 20, WIDTH = 640, HEIGHT = 360 };
static int camera = -1, first, shown;
static struct { unsigned id; int value; } controls[] = {
    {V4L2_CID_FOCUS_ABSOLUTE, 20}, {V4L2_CID_FOCUS_AUTO, 1}, {V4L2_CID_EXPOSURE_ABSOLUTE, 156}, {V4L2_CID_EXPOSURE_AUTO, 3}};

static int there(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("SAMPLE_CAMERA"), name);
    return access(path, F_OK) == 0;
}

static int opened(void)
{
    if (there("gone")) { errno = ENODEV; return -1; }
    int fd = memfd_create("sample camera", 0);
    if (ftruncate(fd, BUFFERS * ROOM)) return -1;
    first = 0;
    return camera = fd;
}

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...)                                 \
    {                                                                          \
        static int (*real)(const char *, int, ...);                            \
        if (!strcmp(path, "/dev/full")) return opened();                       \
        va_list more;                                                          \
        va_start(more, flags);                                                 \
        int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;      \
        va_end(more);                                                          \
        if (!real) real = dlsym(RTLD_NEXT, #name);                             \
        return real(path, flags, mode);                                        \
    }
OPEN(open)
OPEN(open64)

static int picture(struct v4l2_buffer *buffer)
{
    while (there("stuck")) pause();
    if (there("gone")) { errno = ENODEV; return -1; }
    nanosleep(&(struct timespec){0, 33000000}, NULL);
    char path[512], data[ROOM];
    snprintf(path, sizeof path, "%s/%d.jpg", getenv("SAMPLE_CAMERA"), shown++ % 6);
    FILE *file = fopen(path, "rb");
    size_t size = fread(data, 1, ROOM, file);
    fclose(file);
    buffer->index = first++ % BUFFERS;
    if (pwrite(camera, data, size, buffer->index * ROOM) < 0) return -1;
    buffer->bytesused = size;
    buffer->length = ROOM;
    buffer->flags = 0;
    clock_gettime(CLOCK_MONOTONIC, (struct timespec *)&buffer->timestamp);
    return 0;
}

static int control(struct v4l2_control *asked, int set)
{
    for (unsigned n = 0; n < sizeof controls / sizeof *controls; n++)
        if (controls[n].id == asked->id) {
            if (set) controls[n].value = asked->value;
            else asked->value = controls[n].value;
            return 0;
        }
    errno = EINVAL;
    return -1;
}

static int declared(struct v4l2_queryctrl *asked)
{
    struct v4l2_control known = {.id = asked->id};
    if (control(&known, 0)) return -1;
    *asked = (struct v4l2_queryctrl){asked->id, V4L2_CTRL_TYPE_INTEGER, "sample", 0, 500, 1, 0, 0, {0}};
    return 0;
}

static int answer(unsigned long request, void *data)
{
    struct v4l2_capability *self = data;
    struct v4l2_format *format = data;
    struct v4l2_requestbuffers *wanted = data;
    struct v4l2_buffer *buffer = data;
    if (there("gone")) { errno = ENODEV; return -1; }
    switch (request) {
    case VIDIOC_QUERYCAP:
        memset(self, 0, sizeof *self);
        strcpy((char *)self->driver, "sample");
        strcpy((char *)self->card, "Sample Camera");
        self->capabilities = self->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    case VIDIOC_S_FMT: case VIDIOC_G_FMT: case VIDIOC_TRY_FMT:
        format->fmt.pix = (struct v4l2_pix_format){WIDTH, HEIGHT, V4L2_PIX_FMT_MJPEG, V4L2_FIELD_NONE, 0, ROOM};
        return 0;
    case VIDIOC_REQBUFS:
        if (wanted->count > BUFFERS) wanted->count = BUFFERS;
        return 0;
    case VIDIOC_QUERYBUF:
        buffer->length = ROOM;
        buffer->m.offset = buffer->index * ROOM;
        return 0;
    case VIDIOC_DQBUF: return picture(buffer);
    case VIDIOC_QUERYCTRL: return declared(data);
    case VIDIOC_G_CTRL: return control(data, 0);
    case VIDIOC_S_CTRL: return control(data, 1);
    case VIDIOC_QBUF: case VIDIOC_STREAMON: case VIDIOC_STREAMOFF: case VIDIOC_G_PARM: case VIDIOC_S_PARM:
    case VIDIOC_G_INPUT: case VIDIOC_S_INPUT:
        return 0;
    default: errno = EINVAL; return -1;
    }
}

int ioctl(int fd, unsigned long request, ...)
{
    static int (*real)(int, unsigned long, ...);
    va_list more;
    va_start(more, request);
    void *data = va_arg(more, void *);
    va_end(more);
    if (fd == camera && camera >= 0 && _IOC_TYPE(request) == 'V') return answer(request, data);
    if (!real) real = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, data);
}
