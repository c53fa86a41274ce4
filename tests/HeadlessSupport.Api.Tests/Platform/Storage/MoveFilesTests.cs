using System.Diagnostics;
using System.Security.Cryptography;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class MoveFilesTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("move-files-").FullName;
    private readonly List<string> said = [];
    private S3Server server = null!;
    private DiskFileStore disk = null!;
    private S3FileStore s3 = null!;

    public async Task InitializeAsync()
    {
        server = await S3Server.NewAsync();
        disk = new DiskFileStore(Path.Combine(data, "files"));
        s3 = new S3FileStore(server.Options());
    }

    public async Task DisposeAsync()
    {
        s3.Dispose();
        await server.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Everything_is_copied_and_nothing_deleted_and_a_second_run_has_nothing_to_do()
    {
        await FillAsync(20);
        await WriteAsync("empty", 0);
        await WriteAsync("parts", 11_000_000);

        Assert.Equal(0, await MoveAsync());
        Assert.StartsWith("Found 22 files (10.", said[0], StringComparison.Ordinal);
        Assert.StartsWith("Done: 22 files (10.", said[^1], StringComparison.Ordinal);
        Assert.EndsWith(" copied and read back, 0 were there already, 0 were deleted meanwhile. Nothing was deleted on disk.", said[^1], StringComparison.Ordinal);
        await MustBeEqualAsync(22);

        Assert.Equal(0, await MoveAsync());
        Assert.StartsWith("Done: 0 files (0.0 KiB) copied and read back, 22 were there already", said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_differs_is_copied_again_and_what_is_equal_is_known_by_its_bytes_too()
    {
        await WriteAsync("shorter", 100);
        await WriteAsync("other", 100);
        var equal = await WriteAsync("equal", 6_000_000);
        await WriteAsync("unequal", 6_000_000);
        await s3.WriteAsync("shorter", new MemoryStream(new byte[99]), 99, default);
        await s3.WriteAsync("other", new MemoryStream(new byte[100]), 100, default);
        // As the API uploads large files: without a note of their hash.
        await s3.WriteAsync("equal", new MemoryStream(equal), equal.Length, default);
        await s3.WriteAsync("unequal", new MemoryStream(new byte[6_000_000]), 6_000_000, default);

        Assert.Equal(0, await MoveAsync());

        Assert.Contains("3 files", said[^1], StringComparison.Ordinal);
        Assert.Contains("1 were there already", said[^1], StringComparison.Ordinal);
        await MustBeEqualAsync(4);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_goes_on_where_it_was()
    {
        await FillAsync(60);
        for (var i = 0; i < 4; i++)
            await WriteAsync($"large_{i}", 15_000_000);
        var killed = 0;
        for (var after = 10; after < 60; after += 20)
        {
            using var program = Start(server.Settings);
            while (!program.HasExited && server.Objects().Count < after)
                await Task.Delay(5);
            if (!program.HasExited)
            {
                program.Kill();
                killed++;
            }
            await program.WaitForExitAsync();
            // Whatever there is is whole.
            await MustBeEqualAsync(null);
        }
        Assert.True(killed > 0, "It was never killed in the middle.");

        var (code, printed) = await RunAsync(server.Settings);

        Assert.True(code == 0, printed);
        Assert.Matches(@"Done: \d+ files \([0-9.]+ MiB\) copied and read back, [1-9]\d* were there already", printed);
        await MustBeEqualAsync(64);
        // Uploads that were cut off are no files; they go with the leftovers.
        await s3.RemoveLeftoversAsync(TimeProvider.System.GetUtcNow().AddHours(1), default);
        Assert.Empty(server.Unfinished());
    }

    [Fact]
    public async Task Beside_an_API_that_deletes_and_uploads_it_misses_nothing_that_was_there()
    {
        await FillAsync(200);
        var move = MoveAsync();
        for (var i = 0; i < 200; i += 2)
        {
            await disk.DeleteAsync($"file_{i}", default);
            await WriteAsync($"late_{i}", 10);
        }
        Assert.Equal(0, await move);
        Assert.Equal(0, await MoveAsync());

        foreach (var i in Enumerable.Range(0, 200))
            Assert.NotNull(await s3.FindAsync(i % 2 == 0 ? $"late_{i}" : $"file_{i}", default));
    }

    [Fact]
    public async Task Without_a_place_to_move_to_or_files_to_move_it_says_so()
    {
        Assert.Equal((1, "Set Files__S3__Bucket"), await SaidAsync([]));
        Assert.Equal((1, "There is no file store on disk"), await SaidAsync([.. server.Settings, ("DATA_DIR", Path.Combine(data, "elsewhere"))]));
        Assert.NotEqual(0, (await RunAsync([("Files__S3__Bucket", "files")])).Code);
        await FillAsync(1);
        await server.KillAsync();
        var (code, printed) = await RunAsync(server.Settings);
        Assert.Equal(1, code);
        Assert.Contains("Run it again: it goes on where it stopped.", printed, StringComparison.Ordinal);
    }

    private Task<int> MoveAsync()
    {
        said.Clear();
        return new MoveFiles(disk, s3, said.Add).RunAsync(default);
    }

    private async Task FillAsync(int files)
    {
        for (var i = 0; i < files; i++)
            await WriteAsync($"file_{i}", 10 + i * 37);
    }

    private async Task<byte[]> WriteAsync(string key, int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        await disk.WriteAsync(key, new MemoryStream(bytes), length, default);
        return bytes;
    }

    // Every object equals its file on disk; with a number given, there are so many of both.
    private async Task MustBeEqualAsync(int? files)
    {
        var objects = server.Objects();
        foreach (var (key, path) in objects)
        {
            await using var file = await disk.OpenReadAsync(key, default);
            Assert.NotNull(file);
            Assert.Equal(await SHA256.HashDataAsync(file), SHA256.HashData(await File.ReadAllBytesAsync(path)));
        }
        if (files is null)
            return;
        Assert.Equal(files, objects.Count);
        Assert.Equal(files, Directory.GetFiles(data, "*", SearchOption.AllDirectories).Length);
    }

    private async Task<(int Code, string Beginning)> SaidAsync((string, string?)[] settings)
    {
        var (code, printed) = await RunAsync(settings);
        return (code, new[] { "Set Files__S3__Bucket", "There is no file store on disk" }.FirstOrDefault(s => printed.Contains(s, StringComparison.Ordinal)) ?? printed);
    }

    private async Task<(int Code, string Printed)> RunAsync((string, string?)[] settings)
    {
        using var program = Start(settings);
        var printed = await Task.WhenAll(program.StandardError.ReadToEndAsync(), program.StandardOutput.ReadToEndAsync());
        await program.WaitForExitAsync();
        return (program.ExitCode, string.Concat(printed));
    }

    // As ./run move-files starts it; without a database, for it needs none.
    private Process Start((string Name, string? Value)[] settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Program).Assembly.Location, "move-files"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.Contains("__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["DATA_DIR"] = data;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
