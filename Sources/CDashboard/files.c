// The compiler takes the files in as they are: no build step, and nothing to find when the program runs.
#include "CDashboard.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#if !__has_embed("../../.deps/uplot/uPlot.js")
#error "the library that draws the plots is missing: run Scripts/configure, which fetches it"
#endif

static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char app_js[] = {
#embed "page/app.js"
};
static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char elements_js[] = {
#embed "page/elements.js"
};
static const unsigned char people_js[] = {
#embed "page/people.js"
};
static const unsigned char recommendations_js[] = {
#embed "page/recommendations.js"
};
static const unsigned char titles_js[] = {
#embed "page/titles.js"
};
static const unsigned char wishes_js[] = {
#embed "page/wishes.js"
};
static const unsigned char items_js[] = {
#embed "page/items.js"
};
static const unsigned char results_js[] = {
#embed "page/results.js"
};
static const unsigned char live_js[] = {
#embed "page/live.js"
};
static const unsigned char learning_js[] = {
#embed "page/learning.js"
};
static const unsigned char metrics_js[] = {
#embed "page/metrics.js"
};
static const unsigned char plots_js[] = {
#embed "page/plots.js"
};
static const unsigned char uplot_js[] = {
#embed "../../.deps/uplot/uPlot.js"
};
static const unsigned char uplot_css[] = {
#embed "../../.deps/uplot/uPlot.css"
};

static const cd_file files[] = {
    {"index.html", index_html, sizeof index_html},
    {"style.css", style_css, sizeof style_css},
    {"icon.svg", icon_svg, sizeof icon_svg},
    {"app.js", app_js, sizeof app_js},
    {"api.js", api_js, sizeof api_js},
    {"elements.js", elements_js, sizeof elements_js},
    {"people.js", people_js, sizeof people_js},
    {"recommendations.js", recommendations_js, sizeof recommendations_js},
    {"titles.js", titles_js, sizeof titles_js},
    {"wishes.js", wishes_js, sizeof wishes_js},
    {"items.js", items_js, sizeof items_js},
    {"results.js", results_js, sizeof results_js},
    {"live.js", live_js, sizeof live_js},
    {"learning.js", learning_js, sizeof learning_js},
    {"metrics.js", metrics_js, sizeof metrics_js},
    {"plots.js", plots_js, sizeof plots_js},
    {"uPlot.js", uplot_js, sizeof uplot_js},
    {"uPlot.css", uplot_css, sizeof uplot_css},
};

size_t cd_file_count(void) { return sizeof files / sizeof *files; }

cd_file cd_file_at(size_t number) { return files[number]; }
