/* The answer as a picture, for mails and READMEs: the sentence, the bar of all core-seconds, the
 * findings. SVG without scripts. */
#ifndef PARPROF_PAGE_SVG_H
#define PARPROF_PAGE_SVG_H

struct model;
struct text;

void page_svg_write(struct text *out, const struct model *);

#endif
