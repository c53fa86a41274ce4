using MimeKit;

namespace HeadlessSupport.Api.Tests;

/// <summary>What the world's installation has written to its mail folder.</summary>
internal static class Mails
{
    /// <summary>Waits for mails to this address; answers them, the newest first.</summary>
    public static Task<IReadOnlyList<MimeMessage>> ToAsync(this World world, string address, int atLeast = 1) => Try.UntilAsync(() =>
    {
        var folder = Path.Combine(world.DataDirectory, "mail");
        IReadOnlyList<MimeMessage> found = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.eml").OrderDescending(StringComparer.Ordinal).Select(f => MimeMessage.Load(f)).Where(m => m.To.Mailboxes.Any(t => t.Address == address))]
            : [];
        return Task.FromResult(found.Count >= atLeast ? found : null);
    });
}
