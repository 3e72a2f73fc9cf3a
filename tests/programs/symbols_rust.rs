// Functions and locks as Rust has them.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

static TOTAL: Mutex<u64> = Mutex::new(0);

struct Store {
    name: u32,
    table: RwLock<HashMap<u64, u64>>,
    shard: [Mutex<u64>; 4],
}

const FREE: Mutex<u32> = Mutex::new(0);
static STRIPES: [Mutex<u32>; 8] = [FREE; 8];

trait Work {
    fn work(&self, rounds: u64);
}

impl Work for Store {
    #[inline(never)]
    fn work(&self, rounds: u64) {
        for i in 0..rounds {
            self.table.write().unwrap().insert(i, i * 2);
            *self.shard[(i % 4) as usize].lock().unwrap() += i;
            *TOTAL.lock().unwrap() += self.name as u64;
            *STRIPES[3].lock().unwrap() += 1;
        }
    }
}

fn main() {
    let store = Arc::new(Store {
        name: 1,
        table: RwLock::new(HashMap::new()),
        shard: Default::default(),
    });
    let threads: Vec<_> = (0..2)
        .map(|n| {
            let store = store.clone();
            thread::spawn(move || store.work(50_000 + n))
        })
        .collect();
    for t in threads {
        t.join().unwrap();
    }
}
