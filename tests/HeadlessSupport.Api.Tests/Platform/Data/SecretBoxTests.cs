using CsCheck;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Platform.Data;

public sealed class SecretBoxTests
{
    [Fact]
    public async Task What_is_sealed_opens_for_its_purpose_only()
    {
        var box = (await World.GetAsync()).Services.GetRequiredService<SecretBox>();
        Gen.Byte.Array[0, 200].Sample(content =>
        {
            var closed = box.Seal("webhook secret", content);
            return box.TryOpen("webhook secret", closed, out var opened) && opened.SequenceEqual(content)
                && !box.TryOpen("cursor", closed, out _) && !box.TryOpen("webhook secret ", closed, out _)
                && (content.Length < 8 || closed.AsSpan().IndexOf(content) < 0);
        });
        Gen.String.Sample(text => box.TryOpenText("p", box.SealText("p", text), out var opened) && opened == new System.Text.UTF8Encoding(false).GetString(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public async Task One_changed_bit_anywhere_is_noticed()
    {
        var box = (await World.GetAsync()).Services.GetRequiredService<SecretBox>();
        var closed = box.Seal("p", "content"u8);
        for (var bit = 0; bit < closed.Length * 8; bit++)
        {
            var damaged = closed.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(box.TryOpen("p", damaged, out _), $"Bit {bit} of {closed.Length * 8} was changed and nobody noticed.");
        }
        for (var length = 0; length < closed.Length; length++)
            Assert.False(box.TryOpen("p", closed[..length], out _));
        foreach (var text in (string[])["", "x", "!!!", "äöü", "AAAA", new string('A', 10_000)])
            Assert.False(box.TryOpenText("p", text, out _));
    }

    [Fact]
    public async Task Another_node_opens_what_this_one_sealed_and_a_new_key_does_not_lock_out_the_old_ones_work()
    {
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World);
        for (var i = 0; i < 3; i++)
            await org.AgentAsync($"agent{i}@acme.test");
        var cursor = (await org.Api.GetAsync("users?limit=1")).Text("next_cursor");
        var elsewhere = new Api(node.Url, org.Secret);
        Assert.Single((await elsewhere.GetAsync($"users?limit=1&cursor={cursor}")).Items());

        // Rotated as the ring does it by itself: the next key is made days before it is used.
        var keys = org.World.Services.GetRequiredService<IKeyManager>();
        var next = keys.CreateNewKey(DateTimeOffset.UtcNow.AddSeconds(-1), DateTimeOffset.UtcNow.AddDays(90));
        var box = org.World.Services.GetRequiredService<SecretBox>();
        await Try.UntilAsync(() => Task.FromResult(KeyOf(box.Seal("p", [])) == next.KeyId ? "" : null));

        Assert.Single((await org.Api.GetAsync($"users?limit=1&cursor={cursor}")).Items());
        Assert.Single((await elsewhere.GetAsync($"users?limit=1&cursor={cursor}")).Items());
        // And a node that has not heard of the new key looks it up.
        var later = (await org.Api.GetAsync("users?limit=1")).Text("next_cursor");
        Assert.Single((await elsewhere.GetAsync($"users?limit=1&cursor={later}")).Items());
    }

    // After four bytes that tell the format, the ciphertext names its key.
    private static Guid KeyOf(byte[] closed) => new(closed.AsSpan(4, 16));
}
