"""As upper.py, with a new connection for each sentence; the server ends it."""
from socket import *
import sys

for sentence in ["one", "two", "three"]:
    clientSocket = socket(AF_INET, SOCK_STREAM)
    clientSocket.connect((sys.argv[1], int(sys.argv[2])))
    clientSocket.send(sentence.encode())
    print(clientSocket.recv(1024).decode())
    assert clientSocket.recv(1024) == b""
    clientSocket.close()
