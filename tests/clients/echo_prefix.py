"""The classroom's chat client: says something, shows what the server has received, says quit()."""
import socket
import sys

client = socket.socket()
client.connect((sys.argv[1], int(sys.argv[2])))
for message in ["Hello", "How are you?", "quit()"]:
    client.send(bytes(message, "utf-8"))
    print(client.recv(1024).decode("utf-8").rstrip())
assert client.recv(1024) == b""
client.close()
