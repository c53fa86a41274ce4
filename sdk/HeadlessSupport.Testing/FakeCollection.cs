using System.Collections;

namespace HeadlessSupport.Testing;

/// <summary>What the fake has of a kind. It enumerates what there is at that moment, deleted ones too.</summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed class FakeCollection<T> : IReadOnlyCollection<T> where T : class
{
    private readonly object gate;
    private readonly Func<IReadOnlyList<T>> all;
    private readonly Func<T, T> seed;

    internal FakeCollection(object gate, Func<IReadOnlyList<T>> all, Func<T, T> seed)
    {
        (this.gate, this.all, this.seed) = (gate, all, seed);
    }

    /// <summary>How many there are.</summary>
    public int Count => All().Count;

    /// <summary>
    /// Puts one there as if it had always been: without a request, without an event, and with what it names. One that is
    /// there under the same id is replaced. <see cref="TestData"/> makes them.
    /// </summary>
    /// <param name="item">What to put there.</param>
    /// <returns>As it is there: with an id, a number and a version where it had none.</returns>
    public T Seed(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (gate)
            return seed(item);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => All().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IReadOnlyList<T> All()
    {
        lock (gate)
            return all();
    }
}
