using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace HeadlessSupport.Sdk.Tests.Server;

[Collection(nameof(Checkout)), Trait("Run", "long")]
public sealed class PackagesTests(Checkout checkout)
{
    private static readonly string[] Targets = ["net8.0", "net10.0"];
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static TheoryData<string> Ids => ["HeadlessSupport", "HeadlessSupport.AspNetCore", "HeadlessSupport.Testing"];

    [Theory, MemberData(nameof(Ids))]
    public void A_package_says_what_it_is_and_documents_both_targets(string id)
    {
        using var package = Open(id, "nupkg");
        var about = XDocument.Load(package.GetEntry($"{id}.nuspec")!.Open()).Root!.Elements().Single();
        XElement Of(string name) => about.Elements().Single(e => e.Name.LocalName == name);

        Assert.Equal(("README.md", "icon.png"), (Of("readme").Value, Of("icon").Value));
        Assert.Equal(("MIT", "expression"), (Of("license").Value, Of("license").Attribute("type")!.Value));
        Assert.Equal((Checkout.Remote, "git", checkout.Commit), (Of("repository").Attribute("url")!.Value.Replace(".git", "", StringComparison.Ordinal), Of("repository").Attribute("type")!.Value, Of("repository").Attribute("commit")!.Value));
        Assert.NotEmpty(Of("description").Value);
        Assert.StartsWith($"# {id}", new StreamReader(package.GetEntry("README.md")!.Open()).ReadToEnd(), StringComparison.Ordinal);
        Assert.True(package.GetEntry("icon.png")!.Length > 100);
        foreach (var target in Targets)
        {
            Assert.NotNull(package.GetEntry($"lib/{target}/{id}.dll"));
            Assert.Equal(id, XDocument.Load(package.GetEntry($"lib/{target}/{id}.xml")!.Open()).Root!.Element("assembly")!.Element("name")!.Value);
        }
        Assert.Equal(Targets.Length, package.Entries.Count(e => e.FullName.EndsWith(".dll", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Ids))]
    public void Symbols_lead_debuggers_to_the_sources_of_the_commit(string id)
    {
        using var package = Open(id, "nupkg");
        using var symbols = Open(id, "snupkg");
        foreach (var target in Targets)
        {
            using var pdb = MetadataReaderProvider.FromPortablePdbStream(Read(symbols, $"lib/{target}/{id}.pdb"));
            var reader = pdb.GetMetadataReader();
            using var dll = new PEReader(Read(package, $"lib/{target}/{id}.dll"));
            var belongsTo = dll.ReadCodeViewDebugDirectoryData(dll.ReadDebugDirectory().Single(d => d.Type == DebugDirectoryEntryType.CodeView));

            Assert.Equal(belongsTo.Guid, new BlobContentId(reader.DebugMetadataHeader!.Id).Guid);
            Assert.All(reader.Documents, d => Assert.StartsWith("/_", reader.GetString(reader.GetDocument(d).Name), StringComparison.Ordinal));
            var link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(i => reader.GetGuid(i.Kind) == SourceLink);
            Assert.Contains($"https://raw.githubusercontent.com/headless-support/headless-support/{checkout.Commit}/*", Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_sources_give_the_same_assemblies_in_another_folder()
    {
        var other = new Checkout();
        try
        {
            await other.InitializeAsync();
            Assert.Equal(checkout.Commit, other.Commit);
            Assert.Equal(Assemblies(checkout.Packages), Assemblies(other.Packages));
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    /// <summary>Every assembly and its symbols with their hashes.</summary>
    private static SortedDictionary<string, string> Assemblies(string folder)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            using var package = ZipFile.OpenRead(file);
            foreach (var entry in package.Entries.Where(e => e.Name.EndsWith(".dll", StringComparison.Ordinal) || e.Name.EndsWith(".pdb", StringComparison.Ordinal)))
            {
                using var content = entry.Open();
                hashes[$"{Path.GetFileName(file)} {entry.FullName}"] = Convert.ToHexString(SHA256.HashData(content));
            }
        }
        Assert.Equal(12, hashes.Count);
        return hashes;
    }

    private ZipArchive Open(string id, string extension) => ZipFile.OpenRead(Path.Combine(checkout.Packages, $"{id}.0.1.0.{extension}"));

    private static MemoryStream Read(ZipArchive package, string path)
    {
        var copy = new MemoryStream();
        using var content = package.GetEntry(path)!.Open();
        content.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }
}
