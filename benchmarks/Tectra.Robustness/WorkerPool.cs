using System.Collections.Concurrent;

namespace Tectra.Robustness;

/// <summary>One worker for each job.</summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly ConcurrentBag<Worker> _idle = [];
    private readonly ParallelOptions _options;

    public WorkerPool(int jobs, CancellationToken cancellationToken)
    {
        if (jobs < 1) throw new UsageException("--jobs is at least 1.");
        _options = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellationToken };
        for (var i = 0; i < jobs; i++) _idle.Add(new Worker());
    }

    /// <summary>Does something with any worker.</summary>
    public T With<T>(Func<Worker, T> work)
    {
        if (!_idle.TryTake(out var worker)) worker = new Worker();
        try
        {
            return work(worker);
        }
        finally
        {
            _idle.Add(worker);
        }
    }

    /// <summary>Does something for every item, as many at a time as there are jobs.</summary>
    public void ForEach<T>(IEnumerable<T> items, Action<T, Worker> work) =>
        Parallel.ForEach(Partitioned(items), _options, item => With(worker =>
        {
            work(item, worker);
            return true;
        }));

    public void Dispose()
    {
        foreach (var worker in _idle) worker.Dispose();
    }

    /// <summary>One item at a time: they are large, and their order shows in the progress.</summary>
    private static OrderablePartitioner<T> Partitioned<T>(IEnumerable<T> items) => Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering);
}
