using System.Text;
using CsCheck;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("invoice.pdf", "invoice.pdf")]
    [InlineData("Rechnung März 2026.pdf", "Rechnung März 2026.pdf")]
    [InlineData("報告書.docx", "報告書.docx")]
    [InlineData("می‌خواهم.txt", "می‌خواهم.txt")]
    [InlineData("👩‍👩‍👧.png", "👩‍👩‍👧.png")]
    [InlineData("C:\\Users\\me\\secret.txt", "secret.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\boot.ini", "boot.ini")]
    [InlineData("a/b\\c.txt", "c.txt")]
    [InlineData("evil\0.txt", "evil.txt")]
    [InlineData("line\r\nbreak.txt", "linebreak.txt")]
    [InlineData("invoice\u202Efdp.exe", "invoicefdp.exe")]
    [InlineData("in\u2066vo\u200Bice\uFEFF.txt", "invoice.txt")]
    [InlineData("no\u00A0break\u3000space.txt", "no break space.txt")]
    [InlineData("a<b>:\"|?*.txt", "a_b______.txt")]
    [InlineData("evil.exe::$DATA", "evil.exe__$DATA")]
    [InlineData(" .. name.txt. . ", "name.txt")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("CON", "_CON")]
    [InlineData("nul.tar.gz", "_nul.tar.gz")]
    [InlineData("com1 .txt", "_com1 .txt")]
    [InlineData("console.txt", "console.txt")]
    [InlineData("half\uD83D.txt", "half.txt")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    [InlineData("...", "file")]
    [InlineData("folder/", "file")]
    [InlineData("\u202E\0", "file")]
    public void A_name_becomes_safe(string? given, string expected) => Assert.Equal(expected, FileNames.Safe(given));

    [Theory]
    [InlineData("a.PDF", "pdf")]
    [InlineData("a.tar.gz", "gz")]
    [InlineData("a", "")]
    [InlineData(".env", "")]
    [InlineData("a.exe. ", "exe")]
    [InlineData("a.ex\u200Be", "exe")]
    [InlineData("dir.d/a", "")]
    [InlineData(null, "")]
    public void The_extension_is_the_safe_names(string? name, string expected) =>
        Assert.Equal(expected, FileNames.Extension(name));

    [Fact]
    public void A_long_name_keeps_its_extension_and_its_characters_whole()
    {
        var cut = FileNames.Safe(new string('é', 300) + ".pdf");

        Assert.EndsWith("é.pdf", cut, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 253, 255);
        Assert.Equal(255, FileNames.Safe(new string('a', 400)).Length);
        Assert.Equal(255, FileNames.Safe("a." + new string('b', 400)).Length);
    }

    [Fact]
    public void Any_name_becomes_one_that_every_system_takes() =>
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char["/\\.: \u202E\0a"]), 0, 400].Sample(name =>
        {
            var safe = FileNames.Safe(name);

            Assert.NotEmpty(safe);
            Assert.InRange(Encoding.UTF8.GetByteCount(safe), 1, FileNames.MaxBytes);
            Assert.Equal(-1, safe.IndexOfAny(['/', '\\', ':', '\0', '\r', '\n', '\u202E']));
            Assert.False(safe.StartsWith('.') || safe.EndsWith('.') || safe.EndsWith(' '));
            Assert.Equal(safe, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(safe)));
            Assert.Equal(safe, FileNames.Safe(safe));
        }, iter: 20_000);
}
