"""The classroom's first client: connects, reads a greeting, says Hi, leaves."""
import socket
import sys

s = socket.socket()
s.connect((sys.argv[1], int(sys.argv[2])))
print(s.recv(1024).decode().strip())
s.send(b"Hi")
s.close()
