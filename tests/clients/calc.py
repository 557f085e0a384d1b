"""The classroom's calculator client: host, port, then expressions."""
import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as client:
    for expression in sys.argv[3:]:
        client.sendall((expression + "\n").encode())
        print(client.recv(1024).decode().strip())
    client.sendall(b"quit()\n")
    print(client.recv(1024).decode())
