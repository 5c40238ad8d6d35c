#include "reports/render/html.h"

#include "reports/render/figures.h"
#include "reports/render/pack.h"
#include "reports/render/web_assets.h"

namespace shaketable::reports {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : harmless(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string page_around(std::string_view title, const WebAsset& script, std::string_view data) {
    const WebAsset style = page_style();
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("script-src '")
        .append(csp_hash(script.digest))
        .append("'; style-src '")
        .append(csp_hash(style.digest))
        .append("'; img-src data:; base-uri 'none'; form-action 'none'\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"referrer\" content=\"no-referrer\">\n<title>")
        .append(escaped(title))
        .append("</title>\n<style>")
        .append(style.text)
        .append("</style>\n</head>\n<body>\n<div id=\"app\"></div>\n")
        .append("<noscript>This report is drawn by the script inside it; ")
        .append("please allow scripts for this file.</noscript>\n")
        .append("<script type=\"text/plain\" id=\"data\">")
        .append(base64(gzip(data)))
        .append("</script>\n<script>")
        .append(script.text)
        .append("</script>\n</body>\n</html>\n");
    return page;
}

std::string to_html(const std::vector<RunView>& runs) {
    return page_around(runs.front().record->scenario + " · shaketable", page_script(),
                       page_data(runs));
}

}  // namespace shaketable::reports
