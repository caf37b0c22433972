/* libqrencode, which arranges the squares of QR codes. */
#include <qrencode.h>
