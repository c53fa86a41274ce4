using HeadlessSupport.Api.Tests;

namespace HeadlessSupport.Sdk.Tests.Server;

[Collection(nameof(Checkout)), Trait("Run", "long")]
public sealed class AotTests(Checkout checkout)
{
    [Fact]
    public async Task A_native_program_works_with_the_API_and_is_compiled_without_a_warning()
    {
        var org = await World.NewOrganizationAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        var native = Path.Combine(checkout.Folder, "artifacts", "native");

        var said = await Running.ToEndAsync(checkout.Folder, ["dotnet", "publish", "tests/Aot", "-c", "Release", "--disable-build-servers", "-v", "quiet", "-o", native], patience.Token);
        Assert.DoesNotContain("warning", said, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(Path.Combine(native, "HeadlessSupport.Aot.dll")), "It is not native.");

        // The log is written beside it, and may come last.
        var lines = (await Running.ToEndAsync(native, [Path.Combine(native, "HeadlessSupport.Aot"), org.World.Url.ToString(), org.Secret], patience.Token)).Split('\n');
        Assert.Contains("ok", lines);
    }
}
