"""The classroom's calculator client over UDP."""
import socket
import sys

server = (sys.argv[1], int(sys.argv[2]))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(10)
for expression in ["3+5", "quit()"]:
    client.sendto(expression.encode(), server)
    reply, address = client.recvfrom(1024)
    assert address == server
    print(reply.decode().strip())
client.close()
