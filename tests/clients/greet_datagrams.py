"""As greet.py, over UDP: says Hi, reads a greeting."""
import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(10)
s.sendto(b"Hi", (sys.argv[1], int(sys.argv[2])))
print(s.recvfrom(1024)[0].decode().strip())
s.close()
