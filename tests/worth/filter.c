/* A 5x5 filter over a picture of three channels, several times. */
#include "worth.h"

#define CHANNELS 3
#define TIMES 8

static const float kernel[5][5] = {
    {1, 4, 6, 4, 1}, {4, 16, 24, 16, 4}, {6, 24, 36, 24, 6}, {4, 16, 24, 16, 4}, {1, 4, 6, 4, 1}};
static unsigned char *picture, *filtered;
static long width, height;

static void prepare(double scale)
{
	uint64_t random = 1;
	width = (long)(3000 * sqrt(scale));
	height = (long)(2000 * sqrt(scale));
	picture = worth_memory((size_t)(width * height * CHANNELS), 1);
	filtered = worth_memory((size_t)(width * height * CHANNELS), 1);
	for (long i = 0; i < width * height * CHANNELS; i++)
		picture[i] = (unsigned char)(worth_random(&random) >> 56);
}

static unsigned char filter_pixel(long x, long y, int channel)
{
	float sum = 0;
	for (int dy = -2; dy <= 2; dy++)
		for (int dx = -2; dx <= 2; dx++)
			sum += kernel[dy + 2][dx + 2] *
			       picture[((y + dy) * width + x + dx) * CHANNELS + channel];
	return (unsigned char)(sum / 256);
}

static void filter_rows(long first, long last)
{
	for (long y = first; y < last; y++)
		for (long x = 2; x < width - 2; x++)
			for (int c = 0; c < CHANNELS; c++)
				filtered[(y * width + x) * CHANNELS + c] = filter_pixel(x, y, c);
}

static void swap(void)
{
	unsigned char *last = picture;
	picture = filtered;
	filtered = last;
}

static double result(void)
{
	double sum = 0;
	for (long i = 0; i < width * height * CHANNELS; i++)
		sum += picture[i] * (double)(i % 7);
	return sum;
}

static double serial(void)
{
	for (int i = 0; i < TIMES; i++) {
		filter_rows(2, height - 2);
		swap();
	}
	return result();
}

static void filter_part(int number, int members)
{
	filter_rows(2 + worth_part(height - 4, number, members),
		    2 + worth_part(height - 4, number + 1, members));
}

static double parallel(int threads)
{
	for (int i = 0; i < TIMES; i++) {
		worth_team(threads, filter_part);
		swap();
	}
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
