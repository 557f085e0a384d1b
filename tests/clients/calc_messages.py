"""The classroom's calculator client that sends no line end and takes one recv for one reply."""
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
for expression in ["3+5", "2*7", "quit()"]:
    client.send(expression.encode())
    reply = client.recv(1024).decode()
    if reply == "quit()":
        print("the server says goodbye")
        break
    print(reply.strip())
client.close()
