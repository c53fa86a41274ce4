namespace HeadlessSupport.Api.Tests;

/// <summary>Compares bytes that are too many to print where they differ.</summary>
internal static class Bytes
{
    /// <summary>Fails where <paramref name="actual"/> is not what stands in <paramref name="whole"/> from a place on.</summary>
    public static void MustBePart(this byte[] actual, byte[] whole, int from, int length)
    {
        Assert.Equal(length, actual.Length);
        var same = whole.AsSpan(from, length).CommonPrefixLength(actual);
        Assert.True(same == length, $"It differs from byte {from + same} on.");
    }

    public static void MustBe(this byte[] actual, byte[] expected) => actual.MustBePart(expected, 0, expected.Length);
}
