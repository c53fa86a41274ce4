using HeadlessSupport.Api.Platform.Storage;
using Microsoft.Extensions.Configuration;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class S3OptionsTests
{
    private const string Complete = "Bucket=files;AccessKey=key;SecretKey=secret;Endpoint=https://s3.example.com";

    [Theory]
    [InlineData("")]
    [InlineData("Bucket=;AccessKey=;Endpoint=")]
    public void With_nothing_set_the_files_are_on_disk(string settings) => Assert.Null(Read(settings));

    [Fact]
    public void What_is_not_set_is_as_most_services_want_it()
    {
        Assert.Equal(new S3Options(new Uri("https://s3.example.com"), "us-east-1", "files", "key", "secret", "", true), Read(Complete));
        Assert.Equal(new S3Options(null, "eu-central-1", "files", "key", "secret", "", false), Read("Bucket=files;AccessKey=key;SecretKey=secret;Region=eu-central-1"));
    }

    [Fact]
    public void Everything_can_be_set() => Assert.Equal(
        new S3Options(new Uri("https://s3.example.com"), "auto", "files", "key", "secret", "support/eu.1/", false),
        Read(Complete + ";Region=auto;Prefix=/support/eu.1/;forcepathstyle=False"));

    [Fact]
    public void No_secret_is_printed() => Assert.DoesNotContain("secret", Read(Complete)!.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Bucket=files;SecretKey=secret;Endpoint=https://s3.example.com", "AccessKey")]
    [InlineData("AccessKey=key;SecretKey=secret;Endpoint=https://s3.example.com", "Bucket")]
    [InlineData("Bucket=files;AccessKey=key;Endpoint=https://s3.example.com", "SecretKey")]
    [InlineData("Bucket=files;AccessKey=key;SecretKey=secret", "Region")]
    [InlineData(Complete + ";Region=eu central", "Region")]
    [InlineData(Complete + ";Bucket=a/b", "Bucket")]
    [InlineData(Complete + ";Endpoint=s3.example.com", "Endpoint")]
    [InlineData(Complete + ";Endpoint=ftp://s3.example.com", "Endpoint")]
    [InlineData(Complete + ";Endpoint=https://user:word@s3.example.com", "Endpoint")]
    [InlineData(Complete + ";Prefix=../other", "Prefix")]
    [InlineData(Complete + ";Prefix=a//b", "Prefix")]
    [InlineData(Complete + ";ForcePathStyle=perhaps", "ForcePathStyle")]
    [InlineData(Complete + ";Buket=files", "Buket")]
    public void A_wrong_setting_is_named(string settings, string name)
    {
        var sentence = Assert.Throws<InvalidOperationException>(() => Read(settings)).Message;

        Assert.StartsWith($"The setting Files:S3:{name} ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
    }

    private static S3Options? Read(string settings) => S3Options.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2)).GroupBy(s => s[0], StringComparer.Ordinal)
            .Select(s => KeyValuePair.Create("Files:S3:" + s.Key, (string?)s.Last()[1])))
        .Build());
}
