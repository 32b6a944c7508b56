"""What a room or a guest shows at a door, and how it is checked: pure, no clock, no dice, no store.

    codes      pairing codes and PINs: short for people, kept only as hashes
    keys       a device's public key, its thumbprint, its signature
    statements the bytes that a device signs, one domain for each purpose
    passes     the pass by which a leader's office calls rooms together
    tickets    the resume ticket that the MCUs of one plan give and take

Office and MCU both import this room; neither needs the other to check a credential.
"""
