# Runs a command in a pseudo-terminal. In: rows, columns, and a JSON list of { when, send?, size? }: once the output holds
# `when`, text is typed or the size changes. Out: all output on stdout; the exit code is that of the command.
import fcntl, json, os, pty, select, struct, sys, termios, time

rows, columns, steps, command = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:]
resize = lambda fd, rows, columns: fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
pid, fd = pty.fork()
if pid == 0:
    time.sleep(0.1)
    os.execvp(command[0], command)
resize(fd, rows, columns)
out, mark, end = b"", 0, time.time() + 25
while time.time() < end:
    if select.select([fd], [], [], 0.2)[0]:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    at = out.find(steps[0]["when"].encode(), mark) if steps else -1
    if at >= 0:
        step = steps.pop(0)
        mark = at + len(step["when"].encode())
        if "send" in step:
            os.write(fd, step["send"].encode())
        if "size" in step:
            resize(fd, *step["size"])
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(out)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 99)
