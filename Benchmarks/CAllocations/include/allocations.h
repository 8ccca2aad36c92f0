#pragma once

/// Heap allocations of this process so far; always 0 where they cannot be counted.
long benchmarks_allocations(void);
