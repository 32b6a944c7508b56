import { createRouter, createWebHistory } from 'vue-router'

/** Each page is a file of its own, so that the office's first page stays light. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('./pages/LandingPage.vue') },
    { path: '/room', component: () => import('./pages/RoomEntry.vue') },
    { path: '/guest', component: () => import('./pages/GuestPage.vue') },
    { path: '/rooms', component: () => import('./pages/RoomsPage.vue') },
    { path: '/guests', component: () => import('./pages/GuestsPage.vue') },
    { path: '/sign-in', component: () => import('./pages/SignInPage.vue') },
    { path: '/me', component: () => import('./pages/MePage.vue') },
    { path: '/admin', component: () => import('./pages/AdminPage.vue') },
    { path: '/meetings', component: () => import('./pages/MeetingsPage.vue') },
    { path: '/meetings/:plan/:tab?', component: () => import('./pages/MeetingPage.vue') },
    { path: '/reports', component: () => import('./pages/ReportsPage.vue') },
    { path: '/reports/:conference', component: () => import('./pages/ReportPage.vue') },
    { path: '/reforms', component: () => import('./pages/ReformsPage.vue') },
    { path: '/emergency', component: () => import('./pages/EmergencyPage.vue') },
    { path: '/chair', component: () => import('./pages/ChairPage.vue') },
    { path: '/secretary', component: () => import('./pages/SecretaryPage.vue') },
    { path: '/console', component: () => import('./pages/ConsoleEntry.vue') },
    { path: '/audit', component: () => import('./pages/AuditPage.vue') },
    { path: '/api/docs', component: () => import('./pages/ApiDocsPage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
