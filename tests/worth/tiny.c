/* A small picture of the Mandelbrot set: done before it pays to start anything. */
#include "worth.h"

#define SIDE 256

static int picture[SIDE][SIDE], most;

static void prepare(double scale)
{
	most = (int)(4000 * scale) + 1;
}

static int steps_at(double x, double y)
{
	double a = 0, b = 0;
	int steps = 0;
	while (a * a + b * b < 4 && steps < most) {
		double next = a * a - b * b + x;
		b = 2 * a * b + y;
		a = next;
		steps++;
	}
	return steps;
}

static void draw(int row)
{
	for (int i = 0; i < SIDE; i++)
		picture[row][i] = steps_at(i * 3.0 / SIDE - 2, row * 3.0 / SIDE - 1.5);
}

static double result(void)
{
	double sum = 0;
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++)
			sum += picture[y][x];
	return sum;
}

static double serial(void)
{
	for (int row = 0; row < SIDE; row++)
		draw(row);
	return result();
}

static _Atomic int next_row;

static void draw_rows(int number, int members)
{
	(void)number, (void)members;
	for (int row; (row = next_row++) < SIDE;)
		draw(row);
}

static double parallel(int threads)
{
	next_row = 0;
	worth_team(threads, draw_rows);
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
