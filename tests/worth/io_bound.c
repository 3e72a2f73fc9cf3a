/* Spectra of what a device measures: it sends a packet each 10 ms, here a child through a pipe. */
#include "worth.h"
#include <time.h>

#define SAMPLES 2048
#define FREQUENCIES 128
#define INTERVAL 10000000 /* ns */

static long packets;
static int from_device;

static void device(int to)
{
	static float packet[SAMPLES];
	struct timespec next;
	uint64_t random = 1;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; i < packets; i++) {
		for (int s = 0; s < SAMPLES; s++)
			packet[s] = (float)worth_uniform(&random) + (s / 20 % 2 ? 1 : -1);
		next.tv_nsec += INTERVAL;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		if (write(to, packet, sizeof(packet)) != sizeof(packet))
			_exit(1);
	}
	_exit(0);
}

static void prepare(double scale)
{
	int ends[2];
	packets = (long)(280 * scale) + 1;
	if (pipe(ends))
		exit(2);
	if (!fork()) {
		close(ends[0]);
		device(ends[1]);
	}
	close(ends[1]);
	from_device = ends[0];
}

static bool receive(float *packet)
{
	char *to = (char *)packet;
	size_t have = 0;
	while (have < SAMPLES * sizeof(*packet)) {
		ssize_t got = read(from_device, to + have, SAMPLES * sizeof(*packet) - have);
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

static double power(const float *packet, int frequency)
{
	double real = 0, imaginary = 0;
	for (int s = 0; s < SAMPLES; s++) {
		double angle = 2 * M_PI * frequency * s / SAMPLES;
		real += packet[s] * cos(angle);
		imaginary += packet[s] * sin(angle);
	}
	return real * real + imaginary * imaginary;
}

static double serial(void)
{
	static float packet[SAMPLES];
	double spectrum[FREQUENCIES] = {0}, sum = 0;
	while (receive(packet))
		for (int f = 0; f < FREQUENCIES; f++)
			spectrum[f] += power(packet, f);
	for (int f = 0; f < FREQUENCIES; f++)
		sum += spectrum[f] * f;
	return sum;
}

static float packet_of_all[SAMPLES];
static double spectrum_of_all[FREQUENCIES];

static void power_part(int number, int members)
{
	for (long f = worth_part(FREQUENCIES, number, members);
	     f < worth_part(FREQUENCIES, number + 1, members); f++)
		spectrum_of_all[f] += power(packet_of_all, (int)f);
}

static double parallel(int threads)
{
	double sum = 0;
	while (receive(packet_of_all))
		worth_team(threads, power_part);
	for (int f = 0; f < FREQUENCIES; f++)
		sum += spectrum_of_all[f] * f;
	return sum;
}

const struct worth program = {prepare, serial, parallel, 1e-9};
