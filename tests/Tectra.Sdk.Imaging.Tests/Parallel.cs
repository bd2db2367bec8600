// Each fixture computes by itself and shares nothing that changes: two run side by side.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]
