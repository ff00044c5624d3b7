#!/bin/sh
# Node 26 for Linux is linked with libatomic.so.1, of which it uses one function. A small Debian has no such
# library, and a person who wants to run `npm start` should not have to know. This writes a stand-in with that one
# function into the directory given; bootstrap.sh uses it only where Node 26 would not start without it.
#
# Built from this source (C), for each platform:
#
#   #include <stddef.h>
#   static volatile int lock;
#   _Bool exchange(size_t n, void *p, void *e, void *d, int s, int f) __asm__("__atomic_compare_exchange");
#   _Bool exchange(size_t n, void *p, void *e, void *d, int s, int f) {
#     typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64;
#     if (n == 8 && !((u64)p & 7)) return __atomic_compare_exchange_n((u64 *)p, (u64 *)e, *(u64 *)d, 0, 5, 5);
#     if (n == 4 && !((u64)p & 3)) return __atomic_compare_exchange_n((u32 *)p, (u32 *)e, *(u32 *)d, 0, 5, 5);
#     if (n == 2 && !((u64)p & 1)) return __atomic_compare_exchange_n((u16 *)p, (u16 *)e, *(u16 *)d, 0, 5, 5);
#     if (n == 1) return __atomic_compare_exchange_n((u8 *)p, (u8 *)e, *(u8 *)d, 0, 5, 5);
#     while (__atomic_exchange_n(&lock, 1, 2)) ;
#     size_t i = 0;
#     while (i < n && ((volatile u8 *)p)[i] == ((u8 *)e)[i]) i++;
#     _Bool same = i == n;
#     for (i = 0; i < n; i++)
#       if (same) ((volatile u8 *)p)[i] = ((u8 *)d)[i]; else ((u8 *)e)[i] = ((volatile u8 *)p)[i];
#     __atomic_store_n(&lock, 0, 3);
#     return same;
#   }
#
#   version script: LIBATOMIC_1.0 { global: __atomic_compare_exchange; local: *; };
#   cc -Os -fPIC -fno-asynchronous-unwind-tables -shared -nostdlib -Wl,-soname,libatomic.so.1
#      -Wl,--version-script=... -Wl,--hash-style=sysv -Wl,--build-id=none -Wl,-z,noexecstack
#      -Wl,-z,max-page-size=4096 -s      (arm64: also -mno-outline-atomics), then gzip -9 and base64
set -eu
directory=$1
mkdir -p "$directory"

x64() {
  cat <<'OCTETS'
H4sIAAAAAAACA+2bz2sTQRTH306SNm2lsSUHfxQbT/UHrtnooS20tCapCbaKInoQTDfJpgmYRLK70uJBoRabhIIH/wC9edSb
x4rQ9OR/IHjxUIJQEaSIss5uZuxmMFiheJD3CZsv7817+2Yycwm8eRCfnSGSBBwPTMKuBTDF9EnY7RuFbvp9APqcWC905hlp
VzjYEjvP57JF/Qbt6s5z6oWYX1QRV16XbZ5lbkG3WfiOkEf2mMfVz/TqRyPbBXuHL/8azfP+RT3JpR42XxDGfscp+gzAZ0v0
2zmD9oqFfYBUSjXKxUImlSkX76oVLaUtZvJqaUGDO4V0a0jWy7ICs8kL09evzCWjKUUOOzMiznvZ59wnCFJ7iD5HXTUJ/Z6/
FJCCrvkhCIIgCIIgCIIg+0eiupNYtvzmyNTXje7AykPbVSeJes92IvCqfzrw9E3g0Tsnjmxt2Lpsec1hGuwxb9YJDfsV9YKO
0qDnrSBihmiQZEZydZKr9+R24+wSuSpp3qdRkjlYIzX6kpfOoLGwSpqZ6df2H8JYtfF44vYwwIplflGsxFjDGJxd807GaxAb
946bvoTVaG5Rt50YV9aTY+vGsctrwS7qMntmakNSfPVIszteG5xZDZKktd583/D1DrdWHatuvsW9RxAEQRAEQRAEQRAEQRAE
QRAEQRAE+Z/pZ8p7k3lv+yZrpvYx+wRrtOY93h/YeC+zR5n2MT3E9LtllW3Ns/wfzOZ929vMnif/Zr0Xo9Hx0ImYli6opZAS
kSNy+Ixy/nRWSysRUznJXACynteNiqGmQc6reh7k7FJJXyq21KiAvFAy5XtaRS+US21GKguyoS0aIGv5VK6iFjUnRy0WMiCn
dR3kTLlY1ErG/qynj+0REfaNK98HPu4X9nmAvYMI+8o1wfx2r73kyufvPQztffj8nHAdFeYr9ugfp49FzwDP5+dgXjhvpIPK
7Exxm5+zvFCfz9Ev1J+A3bsSDh3uZXSafxR4Pz8jJKiAWH+O1fbwsh3uP3iEfD7NG8zHxyHcrmI98e7KLTb/sDhR5hjpsH7x
HobICMvP/uH3+wkPL1SnkDMAAA==
OCTETS
}

arm64() {
  cat <<'OCTETS'
H4sIAAAAAAACA+1Y3UsUURQ/M/vRkKFrCFqGu1LGFjTsWtFaRFvbx0pGKfvWwzi6o7O4H7I7lRuB9hD4mNC7+iBE/0D4lL6E
jxHha0ZFggS70ou0OZ2ZvXedubkZBD3E/OTOb86d+7v33HuPsOdMXuu7znMcULjgJexYAFHCcz5rXwS8+GyCRnOsB+rD57Yz
kHkMnRdbqbFqlzrs7CNOtHF2Hb+HrgR2Fgjf+awlDRfeuao2yy1gZ+puP+q88OegxzRA1ttrf5TpNjnzDqr7BLB/2w0nsTVD
WWf7Dc1BPCmVTJSmk0iSrOUyqWFpOJcZl/OKpEwMq3J2VIF0aqj6SSzkxDD09V65nLh9qzcmhcWQ6RFvzkv+Tn81z+oItnbL
mjw+B282cS0W/wx8csELfwDKyxwkLgnRzWUvJKIQ3UpiO1qRViYBNmSAxLGKZ+WJrp9da509jLGXiAFsLbmkVb+PaN3RzQ9u
U7uI2kXUTqN2jGinqXZwWze0i2Vdb/ULUJ5HbacLzqGuiLoi6uKTgQDVxalurmLqih8NnRvKjzlzrR7U9KBGmISaRqAa+G5q
elZRsw/gzRrAzHGYGvCgb95HwvQKjlvA5oWpt+/BvTGH+i51JBLF5oeusQCuYfR78Lsx3yt8X8YxX3AevTI7vYTzvnbDjLEX
Y9w8flNVJRJUuyIL2P8N+4Nox9Gu4DvX7rrgI/fxbFvXg5a45B4OgHuig2s/4Df72rAlcUyaAwcOHDhw4MCBAwcO/juQdKyW
s9A87yn5/Utz2RKxae73nNj7iR0h3EC4jTD+/s4ZHCJ51w9i03yuROwg/2/2S/PNergRi50PBK8qQyk5Gwh3i91i6FT4zAny
CiAW1IKW1+QhEFW5oIKYLGYLxUyVtTyIo9l74n0lX0jlsjZDSoKoKRMaiIoqjeTljCKpyfyOZc4gY7aJqpxmPsTxNL4MFQog
YnKaUbLa3++/gdwpz9wzZXpvPFMvoHHRTObgmTigHK/VTar5lsDEwyEmn6dxRTmyS95uRSc2HWOG6mncUPYy/rMskhikNo1L
yhGL/7zFf4qLllqNAVpP+KWuwJwbRaxWF/h93aWevp/Rr7vsHGTGs/7fJb67mP+HWl3Gsn+rnubLSUtNxsCan3DT7usJDKcY
/TrRrzfZ46SePk/eqR4CdgeFPc7vAVk/VKdQ5a8Tf2w9ioWf6Kf2iN+fwMRuEmAUAAA=
OCTETS
}

case $(uname -m) in
  x86_64 | amd64) x64 ;;
  aarch64 | arm64) arm64 ;;
  *) exit 1 ;;
esac | base64 -d | gzip -d > "$directory/libatomic.so.1"
