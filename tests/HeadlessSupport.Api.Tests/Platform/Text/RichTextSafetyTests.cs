using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;
using HeadlessSupport.Api.Platform.Text;

namespace HeadlessSupport.Api.Tests.Platform.Text;

public sealed class RichTextSafetyTests
{
    private static readonly HashSet<string> Tags = new(StringComparer.Ordinal)
    {
        "a", "b", "blockquote", "br", "caption", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
        "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "small", "strong", "sub", "sup", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "u", "ul",
    };

    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "href", "title", "rel", "class", "src", "alt", "width", "height", "start", "colspan", "rowspan",
    };

    // Taken from the ideas of OWASP's filter evasion list, html5sec.org, the DOMPurify and the mXSS papers.
    public static readonly TheoryData<string> Attacks =
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script/x>alert(1)</script>",
        "<script\n>alert(1)</script\n>",
        "<script>alert(1)",
        "<<script>alert(1);//<</script>",
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img/src=x/onerror=alert(1)>",
        "<img src=\"x\"onerror=\"alert(1)\">",
        "<img src=`x` onerror=alert(1)>",
        "<img \0src=x one\0rror=alert(1)>",
        "<img src=x:alert(alt) onerror=eval(src) alt=0>",
        "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">",
        "<img alt=\"<script>alert(1)</script>\" src=https://x.example/>",
        "<img src=https://x.example/ alt='\"><script>alert(1)</script>'>",
        "<img srcset=\"javascript:alert(1)\" src=https://x.example/ longdesc=x usemap=#m ismap lowsrc=x dynsrc=x>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\" javascript:alert(1)\">x</a>",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<a href=\"java\nscript:alert(1)\">x</a>",
        "<a href=\"java&#0;script:alert(1)\">x</a>",
        "<a href=\"java&Tab;script&colon;alert(1)\">x</a>",
        "<a href=\"&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)\">x</a>",
        "<a href=\"&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)\">x</a>",
        "<a href=\"&#0000106&#0000097vascript:alert(1)\">x</a>",
        "<a href=\"\u0001javascript:alert(1)\">x</a>",
        "<a href=\"\u00A0javascript:alert(1)\">x</a>",
        "<a href=\"\u2028javascript:alert(1)\">x</a>",
        "<a href=\"ｊａｖａｓｃｒｉｐｔ:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">x</a>",
        "<a href=\"vbscript:msgbox(1)\">x</a>",
        "<a href=\"livescript:x\">x</a>",
        "<a href=\"feed:javascript:alert(1)\">x</a>",
        "<a href=\"view-source:javascript:alert(1)\">x</a>",
        "<a href=\"file:///etc/passwd\">x</a>",
        "<a href=\"blob:https://x.example/1\">x</a>",
        "<a href=\"cid:x\">x</a>",
        "<a href=\"//evil.example\">x</a>",
        "<a href=\"/admin/delete\">x</a>",
        "<a href=\"\\\\evil.example\\x\">x</a>",
        "<a href=\"#x\" id=x name=y target=_blank ping=//evil.example download>x</a>",
        "<a href=https://x.example onclick=alert(1) style=position:fixed>x</a>",
        "<a href=\"https://x.example\" rel=\"opener\" target=\"_blank\">x</a>",
        "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
        "<img src=\"javascript:alert(1)\">",
        "<img src=\"http://track.example/p.gif\">",
        "<img src=\"//track.example/p.gif\">",
        "<input type=image src=x onerror=alert(1)>",
        "<body onload=alert(1)>x",
        "<body background=\"javascript:alert(1)\">x",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg/onload=alert(1)//",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<svg><set attributeName=href to=javascript:alert(1)>",
        "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<svg><p><style><img src=\"</style><img src=x onerror=alert(1)//\">",
        "<svg><title><a id=\"</title><img src=x onerror=alert(1)>\">",
        "<svg><![CDATA[><img src=x onerror=alert(1)>]]>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        "<math href=\"javascript:alert(1)\">x</math>",
        "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<noscript><style></noscript><img src=x onerror=alert(1)></style></noscript>",
        "<style><p title=\"</style><img src=x onerror=alert(1)>\">",
        "<style>@import '//evil.example/x.css';</style>x",
        "<style><!--</style><script>alert(1)</script>-->",
        "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
        "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
        "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
        "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\">",
        "<noframes><p title=\"</noframes><img src=x onerror=alert(1)>\">",
        "<iframe><p title=\"</iframe><img src=x onerror=alert(1)>\">",
        "<template><p title=\"</template><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<plaintext><img src=x onerror=alert(1)>",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img id=x src onerror=alert(1)>\">",
        "<select><option><style></option></select><img src=x onerror=alert(1)></style>",
        "<table><td></table><svg><b><style><img src=x onerror=alert(1)>",
        "<table><caption><svg><title><table><script>alert(1)</script>",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "<iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\"></iframe>",
        "<object data=\"javascript:alert(1)\"></object>",
        "<object type=\"text/html\" data=\"data:text/html,<script>alert(1)</script>\">x</object>",
        "<embed src=\"javascript:alert(1)\">",
        "<applet code=x archive=y>x</applet>",
        "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
        "<meta http-equiv=\"Set-Cookie\" content=\"a=b\">",
        "<base href=\"javascript:alert(1)//\">x",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<frameset onload=alert(1)><frame src=javascript:alert(1)>",
        "<form action=javascript:alert(1)><input type=submit></form>",
        "<button formaction=javascript:alert(1)>x</button>",
        "<isindex type=image src=1 onerror=alert(1)>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<details open ontoggle=alert(1)>x</details>",
        "<video><source onerror=alert(1)></video>",
        "<video poster=javascript:alert(1)//></video>",
        "<audio src=x onerror=alert(1)>",
        "<keygen autofocus onfocus=alert(1)>",
        "<dialog open onclose=alert(1)>x</dialog>",
        "<portal src=javascript:alert(1)>",
        "<bgsound src=javascript:alert(1)>",
        "<layer src=//evil.example/x.js></layer>",
        "<p style=\"width:expression(alert(1))\">x</p>",
        "<p style=\"background:url(javascript:alert(1))\">x</p>",
        "<p style=\"-moz-binding:url(//evil.example/x.xml#a)\">x</p>",
        "<p style=\"behavior:url(x.htc)\" class=\"evil\" id=\"body\" onmouseover=\"alert(1)\" data-x=\"1\" contenteditable>x</p>",
        "<div style=\"position:fixed;inset:0\" dir=rtl lang=x tabindex=1 accesskey=x>x</div>",
        "<code class=\"language-x evil\">x</code><code class=\"evil\">y</code><p class=\"language-x\">z</p>",
        "<xss:script>alert(1)</xss:script>",
        "<xml id=i><x><c><![CDATA[<img src=\"javas]]><![CDATA[cript:alert(1)\">]]></c></x></xml>",
        "<?xml-stylesheet href=\"javascript:alert(1)\"?><?import namespace=t implementation=#x ?>",
        "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->x",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
        "<!--!><img src=x onerror=alert(1)>",
        "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>&y;",
        "<comment><img src=\"</comment><img src=x onerror=alert(1)>\">",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&amp;lt;script&amp;gt;",
        "\uFF1Cscript\uFF1Ealert(1)\uFF1C/script\uFF1E",
        "\u2039script\u203Aalert(1)",
        "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        "<a href=\"https://x.example/&#34; onclick=alert(1)//\">x</a>",
        "<a href='https://x.example/\"onmouseover=alert(1)//'>x</a>",
        "<a title='\"><script>alert(1)</script>' href=https://x.example>x</a>",
        "<a href=\"https://x.example\" title=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\">x</a>",
        "<img src=https://x.example/ width=\"1&quot; onerror=alert(1) x=&quot;\" height=javascript:1>",
        "<ol start=\"1&quot; onclick=alert(1)\"><li>x</ol>",
        "<td colspan=\"99999999\">x</td><table><td colspan=\"1&quot; onclick=alert(1)\">x</table>",
        "<p><a href=\"https://x.example/{{constructor.constructor('alert(1)')()}}\">x</a>",
        "<a href=\"https://x.example/&{alert(1)}\">x</a>",
        // Markdown's own ways
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#x09;script:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;&#x61;&#x76;&#x61;script&colon;alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x]( javascript:alert(1))",
        "[x](\\javascript:alert(1))",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "![x](https://x.example/i.png\"onerror=\"alert(1))",
        "![x\"onerror=\"alert(1)](https://x.example/i.png)",
        "[x](https://x.example \"a\\\"onclick=\\\"alert(1)\")",
        "[![x](https://x.example/i.png)](javascript:alert(1))",
        "```\"onclick=\"alert(1)\nx\n```",
        "```<script>\nx\n```",
        "`<script>alert(1)</script>`",
        "    <script>alert(1)</script>",
        "http://x.example/\"onclick=\"alert(1)",
        "https://x.example/<script>alert(1)</script>",
        "www.x.example/'onclick='alert(1)",
        "javascript://x.example/%0Aalert(1)",
        "a@x.example\"onclick=alert(1)",
        "|<script>|\n|-|\n|[x](javascript:alert(1))|",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void No_attack_survives_in_any_format(string attack)
    {
        foreach (var format in Enum.GetValues<BodyFormat>())
        {
            AssertSafe(RichText.Render(attack, format));
            AssertSafe(RichText.Render($"before {attack} after", format));
            AssertSafe(RichText.Render($"<table><tr><td>{attack}</td></tr></table>\n\n> {attack}", format));
        }
    }

    [Fact]
    public void Good_addresses_survive()
    {
        var html = RichText.Render(
            "<a href='HTTPS://x.example/a?b=c&amp;d=e#f'>1</a><a href='http://x.example'>2</a><a href='mailto:a@x.example?subject=Hi'>3</a>"
            + "<img src='https://x.example/i.png'><img src='cid:part1@x.example'>", BodyFormat.Html).Html;
        var document = new HtmlParser().ParseDocument(html);

        Assert.Equal(3, document.QuerySelectorAll("a[href]").Length);
        Assert.Equal(2, document.QuerySelectorAll("img[src]").Length);
        Assert.Contains("?b=c&amp;d=e#f", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_anybody_can_type_throws_or_gets_through()
    {
        string[] pieces =
        [
            "<", ">", "</", "/>", "\"", "'", "`", "=", "&", ";", "&#", "&#x", "<!--", "-->", "<![CDATA[", "]]>", "\n", "\n\n", " ", "\t",
            "\0", "\u00A0", "\u2028", "\uD83D", "😀", "a", "x=y", "script", "<script>", "</script>", "<style>", "</style>", "<svg>",
            "</svg>", "<math>", "<mtext>", "<title>", "<textarea>", "<noscript>", "<template>", "</template>", "<table>", "<tr>", "<td>",
            "</table>", "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=\"", "<a href='javascript:x'>", "</a>", "<img src=", "<li>",
            "<ul>", "</ul>", "<select>", "<form>", "<iframe srcdoc='", "<body onload=x>", "<html>", "<frameset>", "<pre>\n", "<br>",
            " onerror=alert(1)", "javascript:", "https://x.example/", "www.x.example", "data:", "[", "](", ")", "![", "*", "**", "_", "~~", "#",
            "# ", "> ", "- ", "1. ", "```", "|", "|-|", "\\", "    ", "---", "a@x.example", "[x]: ",
        ];
        var words = Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]).Array[0, 40].Select(string.Concat);

        Gen.Select(Gen.OneOf(words, words, Gen.String), Gen.Enum<BodyFormat>())
            .Sample((body, format) => AssertSafe(RichText.Render(body, format)), iter: 6_000);
    }

    private static void AssertSafe(Rendered rendered)
    {
        Assert.DoesNotContain("<script", rendered.Html, StringComparison.OrdinalIgnoreCase);
        // What a browser makes of it counts, with scripts switched on and off.
        foreach (var scripting in new[] { true, false })
        {
            var document = new HtmlParser(new HtmlParserOptions { IsScripting = scripting })
                .ParseDocument("<!doctype html><body>" + rendered.Html);
            Assert.All(document.Body!.QuerySelectorAll("*"), AssertSafe);
            Assert.Equal(0, document.Head!.ChildElementCount);
        }
        AssertSafe(rendered.Blocks);
    }

    private static void AssertSafe(IElement element)
    {
        Assert.Contains(element.LocalName, Tags);
        Assert.Equal("http://www.w3.org/1999/xhtml", element.NamespaceUri);
        foreach (var attribute in element.Attributes)
        {
            Assert.Contains(attribute.LocalName, Attributes);
            if (attribute.LocalName is "href")
                Assert.Matches("^(?i:https?|mailto):", attribute.Value);
            if (attribute.LocalName is "src")
                Assert.Matches("^(?i:https|cid):", attribute.Value);
            if (attribute.LocalName is "class")
                Assert.Matches("^language-[A-Za-z0-9+#._-]+$", attribute.Value);
            if (attribute.LocalName is "width" or "height" or "start" or "colspan" or "rowspan")
                Assert.Matches("^[0-9]+$", attribute.Value);
        }
        if (element.LocalName is "a")
            Assert.Equal("noopener noreferrer nofollow", element.GetAttribute("rel"));
    }

    private static void AssertSafe(IReadOnlyList<Block> blocks)
    {
        foreach (var block in blocks)
        {
            Assert.Contains(block.Type, new[] { "paragraph", "heading", "list", "item", "quote", "code" });
            AssertSafe(block.Blocks ?? []);
            AssertSafe(block.Items ?? []);
            AssertSafe(block.Inlines ?? []);
        }
    }

    private static void AssertSafe(IReadOnlyList<Inline> inlines)
    {
        foreach (var inline in inlines)
        {
            Assert.Contains(inline.Type, new[] { "text", "link", "image", "break" });
            Assert.True(inline.Type is not "link" || inline.Href is not null);
            Assert.Matches("^(?i:https?|mailto):", inline.Href ?? "https:");
            Assert.Matches("^(?i:https|cid):", inline.Src ?? "https:");
            AssertSafe(inline.Inlines ?? []);
        }
    }
}
