// Nearly all of this assembly's time is other processes', each with a home of its own: two fixtures run side by side.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]
