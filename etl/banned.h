/*
 * banned.h - calls that this project does without, turned into build errors.
 *
 * The Makefile includes it before every file. Each of these has cut or overrun a string, or let
 * the locale or the time zone change a byte, in somebody's program.
 */
#ifndef MONTHEND_BANNED_H
#define MONTHEND_BANNED_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(call) sorry_##call##_is_banned

#undef strcpy
#define strcpy(...) BANNED(strcpy)
#undef strcat
#define strcat(...) BANNED(strcat)
#undef strncpy
#define strncpy(...) BANNED(strncpy)
#undef strncat
#define strncat(...) BANNED(strncat)
#undef strtok
#define strtok(...) BANNED(strtok)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef atoi
#define atoi(...) BANNED(atoi)
#undef atol
#define atol(...) BANNED(atol)
#undef atof
#define atof(...) BANNED(atof)
#undef localtime
#define localtime(...) BANNED(localtime)
#undef mktime
#define mktime(...) BANNED(mktime)
#undef setlocale
#define setlocale(...) BANNED(setlocale)

#endif
