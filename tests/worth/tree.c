/* A tree whose sides differ in size; each node has a curve, whose length is summed up from below.
 */
#include "worth.h"

#define PIECES 200

struct node {
	struct node *left, *right;
	double bend, length;
	long size; /* nodes at and below it */
};

static struct node *root;

static struct node *grow(long size, uint64_t *random)
{
	struct node *node;
	long left;
	if (!size)
		return NULL;
	node = worth_memory(1, sizeof(*node));
	left = (long)((double)size * (0.3 + 0.4 * worth_uniform(random)));
	node->bend = worth_uniform(random);
	node->size = size;
	node->left = grow(left < size ? left : size - 1, random);
	node->right = grow(left < size ? size - 1 - left : 0, random);
	return node;
}

static void prepare(double scale)
{
	uint64_t random = 1;
	root = grow((long)(1e6 * scale), &random);
}

static double curve_length(double bend)
{
	double sum = 0, last = 0;
	for (int i = 1; i <= PIECES; i++) {
		double x = (double)i / PIECES, y = bend * sin(x * M_PI);
		sum += sqrt(1.0 / (PIECES * PIECES) + (y - last) * (y - last));
		last = y;
	}
	return sum;
}

static double measure(struct node *node)
{
	if (!node)
		return 0;
	node->length = curve_length(node->bend) + measure(node->left) + measure(node->right);
	return node->length;
}

static double serial(void)
{
	return measure(root);
}

struct task {
	struct node *node;
	int threads;
};

/* The larger side gets the larger part of the threads. */
static void *measure_task(void *argument)
{
	struct task *t = argument, left, right;
	pthread_t thread;
	if (t->threads < 2 || t->node->size < 1000) {
		measure(t->node);
		return NULL;
	}
	left = (struct task){
	    t->node->left,
	    (int)lround((double)t->threads * (double)t->node->left->size / (double)t->node->size)};
	left.threads = left.threads < 1		    ? 1
		       : left.threads >= t->threads ? t->threads - 1
						    : left.threads;
	right = (struct task){t->node->right, t->threads - left.threads};
	if (pthread_create(&thread, NULL, measure_task, &left))
		exit(2);
	measure_task(&right);
	pthread_join(thread, NULL);
	t->node->length =
	    curve_length(t->node->bend) + t->node->left->length + t->node->right->length;
	return NULL;
}

static double parallel(int threads)
{
	measure_task(&(struct task){root, threads * 8});
	return root->length;
}

const struct worth program = {prepare, serial, parallel, 1e-9};
