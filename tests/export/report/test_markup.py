import pytest

from explorer.export.report.inline import inline
from explorer.export.report.markup import Markup, element, join

SVG = b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="10pt" height="20pt" viewBox="0 0 10 20"
     xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><x xmlns="http://purl.org/dc/elements/1.1/">made today</x></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <g id="figure_1">
  <path id="m1" clip-path="url(#p2)" style="fill: url(#hatch)"/>
  <use xlink:href="#m1"/><image xlink:href="data:image/png;base64,AA"/>
  <text id="t">a &lt; b <tspan>c</tspan> d</text>
 </g>
</svg>"""


def test_text_is_escaped_and_markup_is_not():
    name = '<script>alert("1")</script> & Co'
    escaped = '&lt;script&gt;alert("1")&lt;/script&gt; &amp; Co'
    assert element("p", name, element("b", "x")) == f"<p>{escaped}<b>x</b></p>"
    assert isinstance(element("p"), Markup)
    assert join([name, Markup("<hr>"), None]) == f"{escaped}<hr>"


def test_attributes_are_escaped_renamed_and_left_out():
    made = element("a", "x", class_="b", aria_label='"><script>', hidden=True, id=None, open=False, tabindex=0)
    assert made == '<a class="b" aria-label="&quot;&gt;&lt;script&gt;" hidden tabindex="0">x</a>'
    assert element("meta", name="n", http_equiv="x") == '<meta name="n" http-equiv="x">'


def test_an_svg_file_becomes_an_element_of_a_page():
    made = inline(SVG, "f1", 'Loss of "<b>"')
    assert made == (
        '<svg viewBox="0 0 10 20" style="stroke-linejoin: round; stroke-linecap: butt" class="plot" role="img" '
        'aria-label="Loss of &quot;&lt;b&gt;&quot;"><defs />'
        '<g id="f1-figure_1"><path id="f1-m1" clip-path="url(#f1-p2)" style="fill: url(#f1-hatch)" />'
        '<use href="#f1-m1" /><image href="data:image/png;base64,AA" />'
        '<text id="f1-t">a &lt; b <tspan>c</tspan> d</text></g></svg>'
    )


def test_a_style_sheet_that_would_hold_for_the_page_is_refused():
    with pytest.raises(ValueError, match="style sheet"):
        inline(SVG.replace(b"*{", b"text{"), "f1", "")


def test_what_is_empty_below_is_cut_off():
    svg = SVG.replace(b"<text id", b'<text y="9.5" id')
    assert 'viewBox="0 0 10 12.5"' in inline(svg, "f1", "", margin=3)
    assert 'viewBox="0 0 10 20"' in inline(svg, "f1", "", margin=30)
    assert 'viewBox="0 0 10 20"' in inline(svg, "f1", "")
