using System.IO.Compression;
using System.Text;
using CsCheck;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class FileTypesTests
{
    private const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private const string Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    private const string Odt = "application/vnd.oasis.opendocument.text";

    [Theory]
    [InlineData("89504E470D0A1A0A0000000D49484452", "a.png", "image/png")]
    [InlineData("FFD8FFE000104A464946", "a.jpg", "image/jpeg")]
    [InlineData("474946383961", "a.gif", "image/gif")]
    [InlineData("474946383761", "a.gif", "image/gif")]
    [InlineData("524946461A00000057454250565038", "a.webp", "image/webp")]
    [InlineData("0000001C6674797068656963", "a.heic", "image/heic")]
    [InlineData("0000001C667479706D696631", "a.heif", "image/heic")]
    [InlineData("0000001C6674797061766966", "a.avif", "image/avif")]
    [InlineData("424D4600000000000000360000002800000001", "a.bmp", "image/bmp")]
    [InlineData("49492A0008000000", "a.tif", "image/tiff")]
    [InlineData("4D4D002A00000008", "a.tiff", "image/tiff")]
    [InlineData("255044462D312E37", "a.pdf", "application/pdf")]
    [InlineData("1F8B0800", "a.log.gz", "application/gzip")]
    [InlineData("377ABCAF271C0004", "a.7z", "application/x-7z-compressed")]
    [InlineData("49443303000000", "a.mp3", "audio/mpeg")]
    [InlineData("FFFB9064", "a.mp3", "audio/mpeg")]
    [InlineData("524946461A00000057415645666D7420", "a.wav", "audio/wav")]
    [InlineData("4F676753000200", "a.ogg", "audio/ogg")]
    [InlineData("2321414D520A3C", "a.amr", "audio/amr")]
    [InlineData("000000186674797069736F6D", "a.mp4", "video/mp4")]
    [InlineData("00000018667479706D703432", "a.mp4", "video/mp4")]
    [InlineData("00000014667479707174202000", "a.mov", "video/quicktime")]
    [InlineData("0000001C667479704D344120", "a.m4a", "audio/mp4")]
    [InlineData("1A45DFA39F4286810142F7810142F2810442F381084282847765626D", "a.webm", "video/webm")]
    [InlineData("7B5C727466310A", "a.rtf", "application/rtf")]
    [InlineData("D0CF11E0A1B11AE1", "a.doc", "application/msword")]
    [InlineData("D0CF11E0A1B11AE1", "a.MSG", "application/vnd.ms-outlook")]
    public void Known_content_is_recognised_by_its_first_bytes(string hex, string name, string expected)
    {
        var head = Convert.FromHexString(hex);

        Assert.Equal(new FileType(expected, null), FileTypes.Sniff(head, name));
        Assert.True(FileTypes.Sniff(head, name).Allowed);
    }

    [Theory]
    [InlineData("89504E470D0A1A0A", "invoice.pdf", "image/png")]
    [InlineData("255044462D312E37", "photo.jpg", "application/pdf")]
    [InlineData("EFBBBF255044462D312E37", "photo.pdf", "application/pdf")]
    [InlineData("68656C6C6F", "hello.pdf", "text/plain")]
    public void Content_under_another_extension_is_what_it_is(string hex, string name, string expected) =>
        Assert.Equal(expected, FileTypes.Sniff(Convert.FromHexString(hex), name).ContentType);

    [Theory]
    [InlineData("hello", "a.txt", "text/plain")]
    [InlineData("hello", "a", "text/plain")]
    [InlineData("hello", null, "text/plain")]
    [InlineData("", "a.txt", "text/plain")]
    [InlineData("SELECT 1;", "query.sql", "text/plain")]
    [InlineData("2026-07-29 ERROR \u001B[31mred\u001B[0m", "a.log", "text/plain")]
    [InlineData("a;b\r\n1;2", "a.csv", "text/csv")]
    [InlineData("{\"a\":1}", "a.json", "application/json")]
    [InlineData("# Title", "a.md", "text/markdown")]
    [InlineData("From: a@b.example\r\nSubject: x\r\n\r\nhi", "a.eml", "message/rfc822")]
    [InlineData("BEGIN:VCALENDAR", "a.ics", "text/calendar")]
    [InlineData("<?xml version=\"1.0\"?><order id=\"1\"/>", "a.xml", "text/plain")]
    [InlineData("<order id=\"1\"/>", "a.xml", "text/plain")]
    [InlineData("< 5 items", "a.txt", "text/plain")]
    [InlineData("BMW is a car", "a.txt", "text/plain")]
    [InlineData("a page says <script>", "a.txt", "text/plain")]
    public void Text_is_what_its_extension_says_or_plain(string content, string? name, string expected) =>
        Assert.Equal(expected, FileTypes.Sniff(Encoding.UTF8.GetBytes(content), name).ContentType);

    [Fact]
    public void Text_in_other_encodings_is_text_only_where_its_name_says_so()
    {
        var windows = Encoding.Latin1.GetBytes("Grüße;1");
        byte[] utf16 = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("Grüße\t1")];

        Assert.Equal("text/csv", FileTypes.Sniff(windows, "a.csv").ContentType);
        Assert.Null(FileTypes.Sniff(windows, "a.dat").ContentType);
        Assert.Equal("text/plain", FileTypes.Sniff(utf16, "a.txt").ContentType);
    }

    [Fact]
    public void A_head_that_ends_within_a_character_is_still_text() =>
        Assert.Equal("text/plain", FileTypes.Sniff(Encoding.UTF8.GetBytes("aaaü").AsSpan(0, 4), "a").ContentType);

    [Theory]
    [InlineData("<!DOCTYPE html><p>hi")]
    [InlineData("\uFEFF \r\n<HTML>")]
    [InlineData("<html lang=\"en\">")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<body onload=alert(1)>")]
    [InlineData("<!-- hidden --><script>")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>")]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- made by x -->\n<svg/>")]
    [InlineData("<?xml version=\"1.0\"?><x:svg xmlns:x=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("<?xml version=\"1.0\"?><!-- a long comment hides what follows")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")]
    [InlineData("<?xml version=\"1.0\"?><?xml-stylesheet href=\"x.xsl\"?><a/>")]
    [InlineData("<x xmlns=\"http://www.w3.org/1999/xhtml\">")]
    [InlineData("#!/bin/sh\nrm -rf /")]
    [InlineData("<?php system($_GET['c']);")]
    [InlineData("<%@ page import=\"java.io\" %>")]
    [InlineData("<job id=\"x\"><script language=\"VBScript\">")]
    [InlineData("@echo off\r\ndel *.*")]
    [InlineData("[InternetShortcut]\r\nURL=file://x")]
    [InlineData("[Desktop Entry]\nExec=sh")]
    [InlineData("Windows Registry Editor Version 5.00")]
    [InlineData("MZ\u0090\0\u0003")]
    public void Pages_and_scripts_are_refused_under_any_name(string content)
    {
        foreach (var name in new[] { "a.txt", "a.png", "a", "a.pdf", "a.csv" })
        {
            var type = FileTypes.Sniff(Encoding.UTF8.GetBytes(content), name);

            Assert.False(type.Allowed);
            Assert.EndsWith(".", type.Refusal, StringComparison.Ordinal);
        }
        Assert.False(FileTypes.Sniff([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(content)], "a.txt").Allowed);
    }

    [Theory]
    [InlineData("7F454C460201")]
    [InlineData("CFFAEDFE07000001")]
    [InlineData("FEEDFACE00000012")]
    [InlineData("CAFEBABE00000034")]
    [InlineData("0061736D01000000")]
    [InlineData("6465780A30333500")]
    [InlineData("4C0000000114020000000000C0")]
    [InlineData("4D53434600000000")]
    [InlineData("435753080000")]
    [InlineData("213C617263683E0A64656269616E2D62696E617279")]
    public void Programs_are_refused_under_any_name(string hex)
    {
        foreach (var name in new[] { "a.txt", "a.jpg", "a", "a.zip" })
            Assert.False(FileTypes.Sniff(Convert.FromHexString(hex), name).Allowed);
    }

    [Theory]
    [InlineData("a.exe")]
    [InlineData("a.EXE")]
    [InlineData("invoice.pdf.exe")]
    [InlineData("invoice.exe. ")]
    [InlineData("C:\\x\\a.exe")]
    [InlineData("a.ex\u200Be")]
    [InlineData("a.js")]
    [InlineData("a.ps1")]
    [InlineData("a.bat")]
    [InlineData("a.cmd")]
    [InlineData("a.vbs")]
    [InlineData("a.hta")]
    [InlineData("a.lnk")]
    [InlineData("a.msi")]
    [InlineData("a.jar")]
    [InlineData("a.sh")]
    [InlineData("a.html")]
    [InlineData("a.svg")]
    [InlineData("a.svgz")]
    [InlineData("a.docm")]
    [InlineData("a.xlsm")]
    [InlineData("a.url")]
    [InlineData("a.iso")]
    public void An_extension_that_a_system_would_run_is_refused_whatever_the_content(string name)
    {
        Assert.False(FileTypes.Sniff("harmless"u8, name).Allowed);
        Assert.False(FileTypes.Sniff(Convert.FromHexString("89504E470D0A1A0A"), name).Allowed);
    }

    [Theory]
    [InlineData("D0CF11E0A1B11AE1", "a.bin")]
    [InlineData("D0CF11E0A1B11AE1", "a")]
    [InlineData("1A45DFA3010203", "a.mkv")]
    [InlineData("0001020304", "a.dat")]
    [InlineData("0001020304", "a.txt")]
    public void Content_that_is_not_on_the_list_is_refused(string hex, string name) =>
        Assert.False(FileTypes.Sniff(Convert.FromHexString(hex), name).Allowed);

    [Fact]
    public void Office_files_are_told_from_their_first_entries_whatever_their_name()
    {
        var docx = ZipOf(("[Content_Types].xml", "<x/>"), ("_rels/.rels", "<x/>"), ("word/document.xml", "<x/>"));
        var xlsx = ZipOf(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>"));
        var pptx = ZipOf(("_rels/.rels", "<x/>"), ("ppt/presentation.xml", "<x/>"));
        var odt = ZipOf(("mimetype", Odt), ("content.xml", "<x/>"));

        Assert.Equal(Docx, FileTypes.Sniff(docx, "a.zip").ContentType);
        Assert.Equal(Xlsx, FileTypes.Sniff(xlsx, "a.docx").ContentType);
        Assert.Equal(Pptx, FileTypes.Sniff(pptx, "a").ContentType);
        Assert.Equal(Odt, FileTypes.Sniff(odt, "a.zip").ContentType);
    }

    [Fact]
    public void Other_zip_files_are_what_their_extension_says()
    {
        var zip = ZipOf(("report.txt", "hello"));

        Assert.Equal("application/zip", FileTypes.Sniff(zip, "a.zip").ContentType);
        Assert.Equal("application/zip", FileTypes.Sniff(zip, "a.png").ContentType);
        Assert.Equal(Docx, FileTypes.Sniff(zip, "a.docx").ContentType);
        Assert.Equal("application/zip", FileTypes.Sniff(ZipOf(), "empty.zip").ContentType);
    }

    [Fact]
    public void Programs_and_macros_in_zip_clothes_are_refused()
    {
        Assert.False(FileTypes.Sniff(ZipOf(("META-INF/MANIFEST.MF", "x")), "a.zip").Allowed);
        Assert.False(FileTypes.Sniff(ZipOf(("AndroidManifest.xml", "x")), "a.zip").Allowed);
        Assert.False(FileTypes.Sniff(ZipOf(("com/example/Main.class", "x")), "a.zip").Allowed);
        Assert.False(FileTypes.Sniff(
            ZipOf(("[Content_Types].xml", "x"), ("word/vbaProject.bin", "x")), "a.docx").Allowed);
        Assert.False(FileTypes.Sniff(
            ZipOf(("mimetype", "application/vnd.oasis.opendocument.database")), "a.odt").Allowed);
    }

    [Fact]
    public void Any_bytes_under_any_name_get_a_type_or_a_reason()
    {
        byte[][] beginnings =
        [
            [], [0xFF], [0xFF, 0xFE], [0xFE, 0xFF], "PK\x03\x04"u8.ToArray(), "RIFF"u8.ToArray(), "BM"u8.ToArray(),
            "<?xml"u8.ToArray(), "#!"u8.ToArray(), [0x1A, 0x45, 0xDF, 0xA3], [0, 0, 0, 8, 0x66, 0x74, 0x79, 0x70],
            [0x50, 0x4B, 3, 4, .. new byte[26], .. "mimetype"u8],
        ];

        Gen.Select(Gen.Int[0, beginnings.Length - 1].Select(index => beginnings[index]), Gen.Byte.Array[0, 600], Gen.String).Sample((beginning, rest, name) =>
        {
            var type = FileTypes.Sniff([.. beginning, .. rest], name);

            Assert.True(type.ContentType is null != type.Refusal is null);
            Assert.False(type.ContentType is "text/html" or "image/svg+xml" or "application/javascript");
        }, iter: 20_000);
    }

    private static byte[] ZipOf(params (string Name, string Content)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(Encoding.ASCII.GetBytes(content));
            }
        }
        var all = bytes.ToArray();
        return all[..Math.Min(all.Length, FileTypes.HeadBytes)];
    }
}
