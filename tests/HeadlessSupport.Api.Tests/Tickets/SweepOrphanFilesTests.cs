using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class SweepOrphanFilesTests
{
    private const int Week = 7 * 86_400;

    [Fact]
    public async Task A_file_that_no_row_names_goes_after_a_day_and_no_other()
    {
        var org = await World.NewOrganizationAsync();
        var organization = OrganizationOf(org);
        var named = await KeyAsync(org, await UploadAsync(org));
        Age(org, named);
        var orphan = await OrphanAsync(org, $"{organization}/{Guid.CreateVersion7():N}", old: true);
        string[] others =
        [
            await OrphanAsync(org, $"{organization}/{Guid.CreateVersion7():N}", old: false),
            // Of an installation that shares the store, or whose database this is not.
            await OrphanAsync(org, $"{Guid.CreateVersion7():N}/{Guid.CreateVersion7():N}", old: true),
            await OrphanAsync(org, $"{organization}/{Guid.CreateVersion7():N}/thumbnail", old: true),
            await OrphanAsync(org, $"exports/{organization}", old: true),
        ];

        await SweepAsync(org);

        Assert.False(await ExistsAsync(org, orphan));
        Assert.True(await ExistsAsync(org, named));
        foreach (var other in others)
            Assert.True(await ExistsAsync(org, other), other);
    }

    [Fact]
    public async Task An_upload_that_no_comment_names_for_a_week_gives_back_its_space()
    {
        var org = await World.NewOrganizationAsync();
        (await org.World.Operator.PatchAsync($"organizations/{org.Id}", new { limits = new { attachment_bytes = 1000, storage_bytes = 1000 } })).MustBe(200);
        var ticket = (await org.TicketAsync()).Id();
        var used = await UploadAsync(org, 300);
        (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body = "See.", attachment_ids = new[] { used } })).MustBe(201);
        var unused = await UploadAsync(org, 600);
        var key = await KeyAsync(org, unused);
        (await org.Api.UploadAsync(Text(200), "more.txt")).MustRefuse(409, "conflict", "/file");

        await MoveClockAsync(org, Week - 3600);
        await SweepAsync(org);
        (await org.Api.GetAsync($"attachments/{unused}")).MustBe(200);
        await MoveClockAsync(org, Week + 60);
        await SweepAsync(org);
        await SweepAsync(org);

        (await org.Api.GetAsync($"attachments/{unused}")).MustRefuse(404, "not_found");
        (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body = "See.", attachment_ids = new[] { unused } })).MustRefuse(422, "validation_failed", "/attachment_ids/0");
        Assert.False(await ExistsAsync(org, key));
        (await org.Api.GetAsync($"attachments/{used}")).MustBe(200);
        Assert.True(await ExistsAsync(org, await KeyAsync(org, used)));
        var e = Assert.Single(await org.AllEventsAsync("events?types=attachment.deleted"));
        Assert.Equal((unused, "system"), (e.Text("data/id"), e.Text("actor/kind")));
        // Exactly its bytes came back: 700 are free, and not one more.
        (await org.Api.UploadAsync(Text(701), "b.txt")).MustRefuse(409, "conflict", "/file");
        (await org.Api.UploadAsync(Text(700), "b.txt")).MustBe(201);
    }

    [Fact]
    public async Task A_comment_that_comes_at_the_same_moment_gets_its_file_or_a_refusal()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync()).Id();
        var files = new List<(string Id, string Key)>();
        for (var i = 0; i < 12; i++)
        {
            var id = await UploadAsync(org);
            files.Add((id, await KeyAsync(org, id)));
        }
        await MoveClockAsync(org, Week + 60);

        var sweeps = Task.WhenAll(SweepAsync(org), SweepAsync(org));
        var answers = await Task.WhenAll(files.Select(f => org.Api.PostAsync($"tickets/{ticket}/comments", new { body = "See.", attachment_ids = new[] { f.Id } })));
        await sweeps;

        foreach (var (file, answer) in files.Zip(answers))
        {
            Assert.True(answer.Status is 201 or 422, $"{answer.Status}");
            Assert.Equal(answer.Status == 201 ? 200 : 404, (await org.Api.GetAsync($"attachments/{file.Id}")).Status);
            Assert.Equal(answer.Status == 201, await ExistsAsync(org, file.Key));
        }
    }

    [Fact]
    public async Task A_run_that_dies_between_the_row_and_the_file_is_finished_by_the_next()
    {
        var org = await World.NewOrganizationAsync();
        await using var server = await S3Server.NewAsync();
        using var s3 = new S3FileStore(server.Options());
        var key = await KeyAsync(org, await UploadAsync(org));
        await s3.WriteAsync(key, new MemoryStream(Text(10)), 10, default);
        await MoveClockAsync(org, Week + 60);

        await server.KillAsync();
        await Assert.ThrowsAsync<FileStoreException>(() => SweepAsync(org, s3));
        await using (var scope = org.World.Enter(org.Id))
            Assert.False(await scope.ServiceProvider.GetRequiredService<SupportDb>().Attachments.AnyAsync());
        await server.StartAsync();
        Assert.Single(server.Objects());
        File.SetLastWriteTimeUtc(server.Objects()[key], DateTime.UtcNow.AddHours(-25));
        await SweepAsync(org, s3);

        Assert.Empty(server.Objects());
    }

    [Fact]
    public async Task The_sweep_is_on_the_timetable()
    {
        var world = await World.GetAsync();
        await using var connection = new Npgsql.NpgsqlConnection(world.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select value from hangfire.hash where key = 'recurring-job:sweep-orphan-files' and field = 'Job'", connection);

        Assert.Contains(nameof(SweepOrphanFilesJob), (string?)await command.ExecuteScalarAsync(), StringComparison.Ordinal);
    }

    private static Task SweepAsync(Org org, IFileStore? files = null) =>
        new SweepOrphanFilesJob(Get<SystemDb>(org), files ?? Get<IFileStore>(org), Get<IServiceScopeFactory>(org), TimeProvider.System, NullLogger<SweepOrphanFilesJob>.Instance).RunAsync(CancellationToken.None);

    private static async Task<string> UploadAsync(Org org, int bytes = 20) => (await org.Api.UploadAsync(Text(bytes), "a.txt")).MustBe(201).Text("id");

    private static byte[] Text(int bytes) => [.. Enumerable.Repeat((byte)'x', bytes)];

    private static async Task MoveClockAsync(Org org, int seconds) => (await org.Api.PatchAsync("organization", new { clock_offset_seconds = seconds })).MustBe(200);

    private static string OrganizationOf(Org org) => Id<Tenant>.Parse(org.Id, null).Value.ToString("N");

    private static async Task<string> KeyAsync(Org org, string attachment)
    {
        var id = Id<Attachment>.Parse(attachment, null);
        await using var scope = org.World.Enter(org.Id);
        return await scope.ServiceProvider.GetRequiredService<SupportDb>().Attachments.Where(a => a.Id == id).Select(a => a.StorageKey).SingleAsync();
    }

    private static async Task<string> OrphanAsync(Org org, string key, bool old)
    {
        await Get<IFileStore>(org).WriteAsync(key, new MemoryStream(Text(5)), 5, default);
        if (old)
            Age(org, key);
        return key;
    }

    private static void Age(Org org, string key) => File.SetLastWriteTimeUtc(
        Directory.GetFiles(Path.Combine(org.World.DataDirectory, "files", "files"), key.Replace('/', '~'), SearchOption.AllDirectories).Single(), DateTime.UtcNow.AddHours(-25));

    private static async Task<bool> ExistsAsync(Org org, string key)
    {
        await using var content = await Get<IFileStore>(org).OpenReadAsync(key, default);
        return content is not null;
    }

    private static T Get<T>(Org org) where T : notnull => org.World.Services.GetRequiredService<T>();
}
