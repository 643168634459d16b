"""What Dropcast is made of in AWS, one construct per concern.

CDK starts node when aws_cdk is first imported, so which node it is has to be said before: here.
"""

from infra.node import choose_node

choose_node()
