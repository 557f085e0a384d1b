"""The classroom's echo client: what it sends comes back, binary too, and then the end."""
import socket
import sys

sent = bytes(range(250)) * 16
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as client:
    client.sendall(sent)
    client.shutdown(socket.SHUT_WR)
    received = b""
    while chunk := client.recv(512):
        received += chunk
assert received == sent
print(len(received), "bytes came back")
