// Functions and locks as C++ has them: templates, lambdas, inlines, statics of classes.
#include <algorithm>
#include <array>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

namespace store
{
class Mutex
{
	std::mutex mu_;
	long owner_ = 0;

      public:
	void lock() { mu_.lock(), owner_++; }
	void unlock() { mu_.unlock(); }
	bool try_lock() { return mu_.try_lock(); }
};

struct Guarded {
	long before = 0;
	std::mutex guard;
};

template <typename T> class Cache : public Guarded
{
      public:
	std::map<std::string, T> table;
	std::shared_mutex table_mu;
	static std::mutex all_mu;

	[[gnu::noinline]] T get(const std::string &key)
	{
		std::lock_guard<std::mutex> hold(guard);
		return table[key];
	}
	[[gnu::noinline]] void put(const std::string &key, T value)
	{
		std::unique_lock<std::shared_mutex> hold(table_mu);
		std::lock_guard<std::mutex> hold_all(all_mu);
		table[key] = std::move(value);
	}
};
template <typename T> std::mutex Cache<T>::all_mu;
template class Cache<std::vector<std::string>>;

Cache<int> numbers;
static Mutex wrapped;
std::array<Guarded, 4> stripes;

[[gnu::noinline]] std::mutex &once_made(int which)
{
	static std::mutex mu[2];
	return mu[which & 1];
}
} // namespace store

namespace
{
std::recursive_mutex hidden;

struct Session {
	std::mutex mu;
	int count = 0;
	void touch()
	{
		std::lock_guard<std::mutex> hold(mu);
		count++;
	}
};

[[gnu::noinline]] void work(Session &session, int rounds)
{
	auto twice = [&](int n) {
		for (int i = 0; i < n * 2; i++) {
			session.touch();
			store::numbers.put("a" + std::to_string(i), i);
		}
	};
	std::vector<int> order(rounds);
	std::generate(order.begin(), order.end(), [n = 0]() mutable { return n++; });
	std::sort(order.begin(), order.end(), [](int a, int b) { return a > b; });
	std::for_each(order.begin(), order.end(), twice);
}
} // namespace

int main()
{
	auto session = std::make_unique<Session>();
	std::vector<std::thread> threads;

	for (int i = 0; i < 2; i++)
		threads.emplace_back([&session, i] {
			work(*session, 20 + i);
			std::scoped_lock all(hidden, store::wrapped, store::once_made(1),
					     store::stripes[2].guard);
			store::numbers.get("a1");
		});
	for (auto &t : threads)
		t.join();
	return 0;
}
