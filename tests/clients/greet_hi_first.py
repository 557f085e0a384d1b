"""As greet.py, but it says Hi first and reads until the end."""
import socket
import sys

s = socket.socket()
s.connect((sys.argv[1], int(sys.argv[2])))
s.sendall(b"Hi")
greeting = b""
while True:
    chunk = s.recv(16)
    if not chunk:
        break
    greeting += chunk
print(greeting.decode().strip())
s.close()
