// SPDX-License-Identifier: GPL-3.0-or-later
// Linked with all objects of one room and what the room links: that this links is the test.
int main() {}
