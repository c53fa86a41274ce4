using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using HeadlessSupport.Api.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HeadlessSupport.Sdk.Tests.Server;

/// <summary>The C# of each page is one program, from top to bottom: it is compiled as it stands there, and run against a real API.</summary>
public sealed partial class DocsTests
{
    // As a project of Microsoft.NET.Sdk.Web has them.
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Net.Http.Json;
        global using System.Threading; global using System.Threading.Tasks; global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    public static TheoryData<string> Pages()
    {
        var pages = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root, f)).Where(IsOurs).Where(f => Blocks(f).Count > 0).Order(StringComparer.Ordinal))
            pages.Add(file);
        return pages;
    }

    private static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_code_of_a_page_compiles_and_runs(string page)
    {
        var org = await World.NewOrganizationAsync();
        // The address and key are what stands in a page instead of the reader's own; and a program that is to run for ever is not.
        var code = string.Join('\n', Blocks(page))
            .Replace("http://127.0.0.1:5080", org.World.Url.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("Environment.GetEnvironmentVariable(\"HEADLESSSUPPORT_KEY\")!", $"\"{org.Secret}\"", StringComparison.Ordinal)
            .Replace("WebApplication.CreateBuilder(args)", "WebApplication.CreateBuilder([\"--urls\", \"http://127.0.0.1:0\"])", StringComparison.Ordinal)
            .Replace("app.Run();", "await app.StartAsync(); await app.StopAsync();", StringComparison.Ordinal);

        await RunAsync(page, code);
    }

    [Fact]
    public void The_pages_that_are_tried_are_those_of_the_SDK() =>
        Assert.Superset(new HashSet<string> { "README.md", "docs/guides/sdk.md", "docs/guides/webhooks.md", "sdk/HeadlessSupport/README.md", "sdk/HeadlessSupport.AspNetCore/README.md", "sdk/HeadlessSupport.Testing/README.md" },
            ((IEnumerable<object[]>)Pages()).Select(p => (string)p[0]).ToHashSet());

    private static async Task RunAsync(string page, string code)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp14);
        var root = (CompilationUnitSyntax)(await CSharpSyntaxTree.ParseText(code, options).GetRootAsync());
        // A later block may bring a using or a class; a program has the one before its statements and the other behind.
        var ordered = root.WithMembers([.. root.Members.OrderBy(m => m is GlobalStatementSyntax ? 0 : 1)]);
        var usings = UsingLine().Matches(code).Select(m => m.Value).Distinct();
        var text = string.Join('\n', usings) + "\n" + UsingLine().Replace(ordered.ToFullString(), "");
        var compilation = CSharpCompilation.Create("Page" + Guid.CreateVersion7().ToString("N"), [CSharpSyntaxTree.ParseText(ImplicitUsings, options), CSharpSyntaxTree.ParseText(text, options)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(a => MetadataReference.CreateFromFile(a)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, $"{page} does not compile:\n{string.Join('\n', emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error))}\n{text}");

        image.Position = 0;
        var context = new AssemblyLoadContext(page, isCollectible: true);
        var entry = context.LoadFromStream(image).EntryPoint!;
        var running = Task.Run(() => entry.Invoke(null, entry.GetParameters().Length == 0 ? [] : [Array.Empty<string>()]));
        await running.WaitAsync(TimeSpan.FromSeconds(120));
    }

    private static List<string> Blocks(string page) => [.. Block().Matches(File.ReadAllText(Path.Combine(Root, page))).Select(m => m.Groups[1].Value)];

    private static bool IsOurs(string file) => file is "README.md" || file.StartsWith("docs/", StringComparison.Ordinal) || file.StartsWith("sdk/", StringComparison.Ordinal) || file.StartsWith("samples/", StringComparison.Ordinal);

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    [GeneratedRegex("^```(?:csharp|cs|c#)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [\w.]+;\s*$", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
